import { h } from "preact";
import { t } from "./config";
import type { Draft } from "./draft";
import { Extra } from "./extra";
import type { Notebook } from "./notebook";

// The renderer calls it when the field appears.
const focus = (field: HTMLElement | null) => field?.focus();

/** The open note. Everything typed is saved by itself; the status says how far that has come. */
export function Editor({ draft, notebook }: { draft: Draft; notebook: Notebook }) {
  const { progress, status } = draft;
  const { content } = draft.pending;
  return (
    <section class="editor" aria-label={content.title || t("untitled")}>
      <div class="bar">
        <button class="back" onClick={() => notebook.close()}>
          {t("close")}
        </button>
        <button aria-pressed={content.pinned} onClick={() => draft.edit({ pinned: !content.pinned })}>
          {t("pin")}
        </button>
        <button aria-pressed={notebook.formatted} onClick={() => notebook.format()}>
          {t("read")}
        </button>
        <button onClick={() => notebook.trashOpen()}>{t("moveToTrash")}</button>
        <span class="bar state">
          <span role="status">{status === "failed" ? t("notSaved", { "reason": draft.reason }) : progress && t(progress)}</span>
          {status === "failed" && <button onClick={() => void draft.save()}>{t("retry")}</button>}
        </span>
      </div>
      {draft.theirs && <Extra show={({ Conflict }) => <Conflict draft={draft} notebook={notebook} />} paint={() => notebook.changed()} />}
      <input
        class="title"
        aria-label={t("fieldTitle")}
        placeholder={t("fieldTitle")}
        ref={focus}
        dir="auto"
        maxLength={200}
        value={content.title}
        onInput={(event) => draft.edit({ title: event.currentTarget.value })}
      />
      {notebook.formatted ? (
        <Extra show={({ Markdown }) => <Markdown text={content.body} />} paint={() => notebook.changed()} />
      ) : (
        <textarea
          aria-label={t("fieldNote")}
          placeholder={t("fieldNote")}
          dir="auto"
          value={content.body}
          onInput={(event) => draft.edit({ body: event.currentTarget.value })}
        />
      )}
      <Tags draft={draft} known={notebook.tags} />
    </section>
  );
}

/** The tags of a note, each a button that takes it off, and a field for more. */
function Tags({ draft, known }: { draft: Draft; known: string[] }) {
  const { settled } = draft;
  return (
    <div class="bar tags">
      {settled.map((tag) => (
        <button
          key={tag}
          aria-label={t("deleteYes") + ": " + tag}
          onClick={(event) => {
            const field = event.currentTarget.parentElement!.querySelector("input")!;
            draft.untag(tag);
            field.focus();
          }}
        >
          {tag} ×
        </button>
      ))}
      <input
        aria-label={t("fieldTags")}
        placeholder={t("tagsHint")}
        dir="auto"
        list="tags"
        value={draft.tagText}
        onInput={(event) => draft.editTags(event.currentTarget.value)}
        onKeyDown={({ key, keyCode }) => {
          if (keyCode === 229) return; // it is the input method's (keys.ts)
          if (key === "Enter") draft.editTags(draft.tagText + ",");
          if (key === "Backspace" && !draft.tagText) draft.untag(settled.at(-1));
        }}
        onBlur={() => setTimeout(() => draft.tagText && draft.editTags(draft.tagText + ",")) /* not while the field is being taken away */}
      />
      <datalist id="tags">
        {known.map((tag) => (
          <option value={tag} />
        ))}
      </datalist>
    </div>
  );
}
