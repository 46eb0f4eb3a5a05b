import { h } from "preact";
import { t } from "./config";
import type { Draft } from "./draft";
import { Extra } from "./extra";
import type { Notebook } from "./notebook";
import { clean } from "./text";

// The renderer calls it when the field appears.
const focus = (field: HTMLElement | null) => field?.focus();

/** What is in the field now. What a paste brought and nobody can write is taken out, and the caret stays where it is. */
function written({ currentTarget: field }: { currentTarget: HTMLInputElement | HTMLTextAreaElement }): string {
  const { value } = field;
  const text = clean(value);
  if (text !== value) {
    const caret = clean(value.slice(0, field.selectionStart!)).length;
    field.value = text;
    field.setSelectionRange(caret, caret);
  }
  return text;
}

/** The open note. Everything typed is saved by itself; the status says how far that has come. */
export function Editor({ draft, notebook }: { draft: Draft; notebook: Notebook }) {
  const { progress, status } = draft;
  const { content } = draft.pending;
  return (
    <section class="editor" aria-label={content.title || t("untitled")} data-text={notebook.formatted ? null : content.body}>
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
          <span role="status">{progress === "unsaved" ? t("notSaved", { reason: draft.reason }) : progress && t(progress)}</span>
          {status === "failed" && <button onClick={() => void draft.save()}>{t("retry")}</button>}
        </span>
      </div>
      {draft.theirs && <Extra show={({ Conflict }) => <Conflict draft={draft} notebook={notebook} />} paint={() => notebook.changed()} />}
      <input
        class="title"
        aria-label={t("fieldTitle")}
        placeholder={t("fieldTitle")}
        ref={focus}
        dir={content.title ? "auto" : undefined}
        maxLength={200}
        value={content.title}
        onInput={(event) => draft.edit({ title: written(event) })}
      />
      {notebook.formatted ? (
        <Extra show={({ Markdown }) => <Markdown text={content.body} />} paint={() => notebook.changed()} />
      ) : (
        <textarea
          aria-label={t("fieldNote")}
          placeholder={t("fieldNote")}
          dir={content.body ? "auto" : undefined}
          value={content.body}
          onInput={(event) => draft.edit({ body: written(event) })}
        />
      )}
      <Tags draft={draft} known={notebook.tags} />
    </section>
  );
}

/** The tags of a note, each a button that takes it off, and a field for more. */
function Tags({ draft, known }: { draft: Draft; known: string[] }) {
  const { overfull, settled } = draft;
  if (!draft.composing) draft.offered = known;
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
        aria-invalid={overfull}
        placeholder={t("tagsHint")}
        dir={draft.tagText ? "auto" : undefined}
        list="tags"
        value={draft.tagText}
        ref={(field) => field!.addEventListener("compositionend", () => draft.editTags(field!.value)) /* there is no oncompositionend */}
        onInput={({ currentTarget, isComposing }) => (isComposing ? draft.compose(currentTarget.value) : draft.editTags(currentTarget.value))}
        onKeyDown={({ key, keyCode }) => {
          if (keyCode === 229) return; // it is the input method's (extras/keys.ts)
          if (key === "Enter") draft.editTags(draft.tagText + ",");
          if (key === "Backspace" && !draft.tagText) draft.untag(settled.at(-1));
        }}
        onBlur={() => setTimeout(() => draft.tagText && draft.editTags(draft.tagText + ",")) /* not while the field is being taken away */}
      />
      {overfull && (
        <span role="alert" class="hint">
          {t("tagLimits")}
        </span>
      )}
      <datalist id="tags">
        {draft.offered.map((tag) => (
          <option value={tag} />
        ))}
      </datalist>
    </div>
  );
}
