import { h } from "preact";
import { t } from "./config";
import type { Draft } from "./draft";
import { Extra } from "./extra";
import type { Notebook } from "./notebook";

// The renderer calls it when the field appears.
const focus = (field: HTMLElement | null) => field?.focus();

/** The open note. Everything typed is saved by itself; the status says how far that has come. */
export function Editor({ draft, notebook }: { draft: Draft; notebook: Notebook }) {
  const { status } = draft;
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
          <span role="status">{status === "failed" ? t("notSaved", { "reason": draft.reason }) : status !== "quiet" && t(status)}</span>
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
          rows={10}
          value={content.body}
          onInput={(event) => draft.edit({ body: event.currentTarget.value })}
        />
      )}
      <input
        aria-label={t("fieldTags")}
        placeholder={t("tagsHint")}
        dir="auto"
        value={draft.tagText}
        onInput={(event) => draft.editTags(event.currentTarget.value)}
      />
    </section>
  );
}
