import { Fragment, h, type VNode } from "preact";
import { date, t } from "./config";
import { page } from "./page";
import { excerpt } from "./core/text";
import { showLazy } from "./lazy";
import type { Note } from "./core/note";
import type { Notebook } from "./notebook";

/** ListExtras is what the list needs from the extras. */
export interface ListExtras {
  Trash: (props: { notebook: Notebook }) => VNode;
}

/** Reports whether a note was written on this page. */
const isHere = ({ context }: Note) => context?.id === page?.id;

/** List shows the notes that were found, or says why there are none. On a page with a name, its notes are first. */
export function List({ notebook }: { notebook: Notebook }) {
  const { cursor, visibleNotes: notes, reason, state, trash } = notebook;
  const search = notebook.search.trim();
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
            ? t(search ? "searching" : "loading")
            : notes.length > 0
            ? search && state === "ready" && !cursor && t("found", { count: `${notes.length}` })
            : state === "loading"
              ? t("loading")
              : search
                ? t("noneFound", { search })
                : trash
                  ? ""
                  : t("none")}
        </p>
      )}
      {trash ? (
        showLazy<ListExtras>({ part: "Trash", notebook })
      ) : (
        Object.entries(page ? { here: notes.filter(isHere), close: notes.filter((note) => !isHere(note)) } : { notes }).map(([name, section]) => (
          <>
            {page && section.length > 0 && <h2>{t(name as "here")}</h2>}
            <ul aria-label={t(name as "here")} aria-busy={busy}>
              {section.map((note) => (
                <li key={note.id}>
                  <NoteRow note={note} notebook={notebook} />
                </li>
              ))}
            </ul>
          </>
        ))
      )}
      {cursor && state !== "failed" && (state !== "following" || notes.length > 0) && (
        <button onClick={() => void notebook.load(true)}>
          {t("more")}
        </button>
      )}
    </>
  );
}

function NoteRow({ note, notebook }: { note: Note; notebook: Notebook }) {
  const mark = notebook.unsavedDraft(note)?.mark;
  return (
    <button id={"note-" + note.id} class="row" aria-current={notebook.draft?.pending.id === note.id} onClick={() => notebook.open(note)}>
      <Summary note={note} mark={mark && t(mark)} search={notebook.search.trim()} />
    </button>
  );
}

/** Summary is what a row shows of its note, in a search from where the note contains it, and whether it is saved. */
export function Summary({ note, mark, search }: { note: Note; mark?: string | undefined; search: string }) {
  const text = excerpt(note.body, search);
  return (
    <>
      <b dir="auto">{note.title || text || t("untitled")}</b>
      <small>
        {mark && <em>{mark}</em>}
        {note.pinned && <em>{t("pinned")}</em>}
        <time dateTime={note.updatedAt}>{date(note.updatedAt)}</time>
        {note.tags.map((tag) => (
          <span key={tag}>
            <bdi>{tag}</bdi>
          </span>
        ))}
      </small>
      {note.title && <span dir="auto">{text}</span>}
    </>
  );
}
