import type { Draft } from "../core/draft";
import type { Content } from "../core/note";
import { resolveConflict } from "../core/replacement";
import type { Notebook } from "../notebook";
import { h, t } from "../shared";

// A person who writes at the end of a long note must see the question above it.
const show = (group: HTMLElement | null) => group?.scrollIntoView({ block: "nearest" });

/** Conflict shows the two versions of a note that was changed elsewhere, and asks which one to keep. */
export function Conflict({ draft, notebook }: { draft: Draft; notebook: Notebook }) {
  // Ends the conflict; the other version can be restored with one click.
  const choose = (mine: boolean) => notebook.showToast(t("chosen"), resolveConflict(draft, mine));
  return (
    <div class="conflict" ref={show} role="group" aria-label={t("conflict")}>
      <p role="alert">{t("conflict")}</p>
      <Version content={draft.pending.content} />
      <button onClick={() => choose(true)}>{t("keepMine")}</button>
      <Version content={draft.theirs!} />
      <button onClick={() => choose(false)}>{t("useTheirs")}</button>
    </div>
  );
}

function Version({ content }: { content: Content }) {
  return (
    <figure>
      <p dir="auto">
        <b>{content.title || t("untitled")}</b>
      </p>
      <p dir="auto" tabIndex={0}>
        {content.body}
      </p>
      <small>{content.tags.join(", ")}</small>
    </figure>
  );
}
