import type { Draft } from "../core/draft";
import type { Note, Version } from "../core/note";
import { textOf, undoing } from "../core/replacement";
import type { Notebook } from "../notebook";
import { date, explainCode, h, problemOf, t } from "../shared";
import { noteDifference } from "./difference";

/**
 * Versions are the earlier versions that differ from the open note: each with what differs, and a button that restores it.
 */
export function Versions({ draft, notebook }: { draft: Draft; notebook: Notebook }) {
  const { id, content } = draft.pending;
  const run = (act: () => Promise<void>) => () => void act().catch((thrown) => notebook.showToast(explainCode(problemOf(thrown).code)));
  const show = async (versions?: Promise<Version[] | undefined>) => {
    const loaded = await versions;
    for (const version of loaded ?? []) version.open = draft.versions?.find((shown) => shown.version === version.version)?.open;
    draft.versions = loaded;
    notebook.onChange();
  };
  const load = async () => (await notebook.request<{ note: { history: Version[] } | null }>("Versions", { id })).note?.history;
  const restore = async (version: number) => {
    await draft.save();
    if (draft.dirty) return;
    const before = draft.pending.content;
    const { payload } = await notebook.request<{ payload: { note: Note } }>("RestoreVersion", { id, version });
    // The focus is in the note also where a live change has come before the answer, and has removed the focused button.
    const writes = draft.dirty || document.activeElement?.matches("input");
    draft.refresh(payload.note);
    notebook.showToast(t("restored"), undoing(draft, before, payload.note), !writes);
    await show(load()); // the text that was there is one of them now
  };
  const versions = draft.versions?.filter((version) => version.problem || textOf(content) !== textOf(version));
  return (
    <div class="hint">
      <button aria-expanded={!!versions} onClick={run(() => show(versions ? undefined : load()))}>
        {t("versions")}
      </button>
      {versions?.length === 0 ? (
        <p role="status">{t("noVersions")}</p>
      ) : (
        versions?.map((version) => (
          <details
            key={version.version}
            onToggle={({ currentTarget }) => {
              version.open = currentTarget.open;
              notebook.onChange();
            }}
          >
            <summary>{date(version.writtenAt, "short")}</summary>
            <figure>
              <p dir="auto" tabIndex={0}>
                {version.problem || (version.open && noteDifference(content, version).map(([kind, text]) => (kind ? h(kind, null, text) : text)))}
              </p>
              {!version.problem && <button onClick={run(() => restore(version.version))}>{t("restore")}</button>}
            </figure>
          </details>
        ))
      )}
    </div>
  );
}
