import { Fragment, h } from "preact";
import { date, t } from "./config";
import { Extra } from "./extra";
import type { Note } from "./note";
import type { Notebook } from "./notebook";

/** The notes that were found, or why there are none to see. */
export function List({ notebook }: { notebook: Notebook }) {
  const { cursor, found: notes, reason, search, state, trash } = notebook;
  const busy = /loading|following/.test(state);
  return (
    <>
      {state === "failed" ? (
        <div class="bar" role="alert">
          <span>{reason}</span>
          <button onClick={() => void notebook.load()}>{t("retry")}</button>
        </div>
      ) : (
        <p role="status" class="hint">
          {state === "following"
            ? t(search.trim() ? "searching" : "loading")
            : notes.length > 0
            ? search.trim() && state === "ready" && !cursor && t("found", { count: `${notes.length}` })
            : state === "loading"
              ? t("loading")
              : search.trim()
                ? t("noneFound", { search: search.trim() })
                : trash
                  ? ""
                  : t("none")}
        </p>
      )}
      {trash ? (
        <Extra show={({ Trash }) => <Trash notebook={notebook} />} paint={() => notebook.changed()} />
      ) : (
        <ul aria-label={t("notes")} aria-busy={busy}>
          {notes.map((note) => (
            <li key={note.id}>
              <Row note={note} notebook={notebook} />
            </li>
          ))}
        </ul>
      )}
      {cursor && state !== "failed" && (state !== "following" || notes.length > 0) && (
        <button class="more" onClick={() => void notebook.load(true)}>
          {t("more")}
        </button>
      )}
    </>
  );
}

function Row({ note, notebook }: { note: Note; notebook: Notebook }) {
  const mark = notebook.unsavedOf(note)?.mark;
  return (
    <button id={"note-" + note.id} class="row" aria-current={notebook.draft?.pending.id === note.id} onClick={() => notebook.open(note)}>
      <Summary note={note} mark={mark && t(mark)} />
    </button>
  );
}

/** What a row says of its note, and of how far it is saved. */
export function Summary({ note, mark }: { note: Note; mark?: string | undefined }) {
  // Without the marks of Markdown that say nothing here; of a link, its words.
  const excerpt = note.body.slice(0, 200).replace(/[*`~]|\b_|_\b|^[#>]+ |\[(.+?)]\(\S+\)/gm, "$1");
  return (
    <>
      <b dir="auto">{note.title || excerpt || t("untitled")}</b>
      <small>
        {mark && <em>{mark}</em>}
        {note.pinned && <em>{t("pinned")}</em>}
        <time dateTime={note.updatedAt}>{date(note.updatedAt)}</time>
        {note.tags.map((tag) => (
          <span key={tag}>{tag}</span>
        ))}
      </small>
      {note.title && <span dir="auto">{excerpt}</span>}
    </>
  );
}
