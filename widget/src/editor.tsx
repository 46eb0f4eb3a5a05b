import { h, type VNode } from "preact";
import { t } from "./config";
import type { Draft } from "./core/draft";
import { showLazy } from "./lazy";
import type { Notebook } from "./notebook";
import { TagField } from "./core/tag";
import { clean } from "./core/text";
import { explainProblem } from "./explanation";

/** EditorExtras is what the editor needs from the extras. */
export interface EditorExtras {
  Conflict: (props: { draft: Draft; notebook: Notebook }) => VNode;
  Markdown: (props: { text: string; onTick: (text: string) => void }) => VNode;
  Versions: (props: { draft: Draft; notebook: Notebook }) => VNode;
}

/** The width in pixels from which a note is beside the list (frame.css). */
const twoColumns = 640;

// The renderer calls it for a new field.
const focus = (field: HTMLElement | null) => field?.focus();

/** Returns the text of the field. It removes characters that only a paste can contain, and keeps the caret in its place. */
function cleanText({ currentTarget: field }: { currentTarget: HTMLInputElement | HTMLTextAreaElement }): string {
  const { value } = field;
  const text = clean(value);
  if (text !== value) {
    const caret = clean(value.slice(0, field.selectionStart!)).length;
    field.value = text;
    field.setSelectionRange(caret, caret);
  }
  return text;
}

/** Editor is the open note. Everything typed is saved by itself; the status shows its state. */
export function Editor({ draft, notebook }: { draft: Draft; notebook: Notebook }) {
  const { progress, status } = draft;
  const { content } = draft.pending;
  return (
    <section class="editor" aria-label={content.title || t("untitled")} data-text={notebook.formatted ? null : content.body}>
      <div class="bar">
        <button class="back" onClick={() => notebook.close()}>
          {t(document.body.clientWidth < twoColumns ? "close" : "done")}
        </button>
        <button aria-pressed={content.pinned} onClick={() => draft.edit({ pinned: !content.pinned })}>
          {t("pin")}
        </button>
        <button aria-pressed={notebook.formatted} onClick={() => notebook.toggleFormatted()}>
          {t("read")}
        </button>
        <button onClick={() => notebook.trashOpenNote()}>{t("moveToTrash")}</button>
        <span class="bar state">
          <span role="status">{progress === "unsaved" ? t("notSaved", { reason: explainProblem(draft.problem!) }) : progress && t(progress)}</span>
          {status === "failed" && <button onClick={() => void draft.save()}>{t("retry")}</button>}
        </span>
      </div>
      {draft.theirs && showLazy<EditorExtras>({ part: "Conflict", draft, notebook })}
      <input
        class="title"
        aria-label={t("fieldTitle")}
        placeholder={t("fieldTitle")}
        ref={focus}
        dir={content.title ? "auto" : undefined}
        maxLength={200}
        value={content.title}
        onInput={(event) => draft.edit({ title: cleanText(event) })}
      />
      {notebook.formatted ? (
        showLazy<EditorExtras>({ part: "Markdown", text: content.body, onTick: (body) => draft.edit({ body }) })
      ) : (
        <textarea
          aria-label={t("fieldNote")}
          placeholder={t("fieldNote")}
          dir={content.body ? "auto" : undefined}
          value={content.body}
          onInput={(event) => draft.edit({ body: cleanText(event) })}
        />
      )}
      <Tags draft={draft} known={notebook.tags} />
      {draft.pending.base && showLazy<EditorExtras>({ waits: true, part: "Versions", draft, notebook })}
    </section>
  );
}

const tagFields = new WeakMap<Draft, TagField>();

/** Returns the field for the tags of a draft. It keeps what is typed while the note is closed. */
function tagFieldOf(draft: Draft): TagField {
  const field = tagFields.get(draft) ?? new TagField();
  tagFields.set(draft, field);
  field.show(draft.pending.content.tags);
  return field;
}

/** Tags shows the tags of a note, each with a button that removes it, and a field for more. */
function Tags({ draft, known }: { draft: Draft; known: string[] }) {
  const field = tagFieldOf(draft);
  if (!field.composing) field.suggestions = known;
  const { overLimit, finished, text } = field;
  const type = (typed: string) => draft.edit({ tags: field.type(typed) });
  const remove = (tag: string | undefined) => draft.edit({ tags: field.remove(tag) });
  return (
    <div class="bar tags">
      {finished.map((tag) => (
        <button
          key={tag}
          aria-label={t("deleteYes") + ": " + tag}
          onClick={(event) => {
            const input = event.currentTarget.parentElement!.querySelector("input")!;
            remove(tag);
            input.focus();
          }}
        >
          {tag} ×
        </button>
      ))}
      <input
        aria-label={t("fieldTags")}
        aria-invalid={overLimit}
        placeholder={t("tagsHint")}
        dir={text ? "auto" : undefined}
        list="tags"
        value={text}
        ref={(input) => input!.addEventListener("compositionend", () => type(input!.value)) /* oncompositionend does not exist */}
        onInput={({ currentTarget, isComposing }) => (isComposing ? field.compose(currentTarget.value) : type(currentTarget.value))}
        onKeyDown={({ key, keyCode }) => {
          if (keyCode === 229) return; // the key is for an input method (extras/keyboard.ts)
          if (key === "Enter") type(field.text + ",");
          if (key === "Backspace" && !field.text) remove(finished.at(-1));
        }}
        onBlur={() => setTimeout(() => field.text && type(field.text + ",")) /* not while the field is being removed */}
      />
      {overLimit && (
        <span role="alert" class="hint">
          {t("tagLimits")}
        </span>
      )}
      <datalist id="tags">
        {field.suggestions.map((tag) => (
          <option value={tag} />
        ))}
      </datalist>
    </div>
  );
}
