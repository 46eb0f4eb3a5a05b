import type { Note } from "../core/note";
import type { Notebook } from "../notebook";
import { Fragment, h, Summary, t } from "../shared";

/** Trash shows the notes in the trash, each with buttons to restore and to delete it. */
export function Trash({ notebook }: { notebook: Notebook }) {
  const { visibleNotes: notes, search, state } = notebook;
  return (
    <>
      <p role="status" class="hint">
        {state === "ready" && !notes.length && !search.trim() && t("trashEmpty")}
      </p>
      <ul aria-label={t("trash")} aria-busy={state !== "ready" && state !== "failed"}>
        {notes.map((note) => (
          <li key={note.id}>
            <TrashRow note={note} notebook={notebook} search={search.trim()} />
          </li>
        ))}
      </ul>
    </>
  );
}

function TrashRow({ note, notebook, search }: { note: Note; notebook: Notebook; search: string }) {
  const confirmDelete = (id: string | null) => {
    notebook.confirmingDelete = id;
    notebook.onChange();
  };
  return (
    <div class="row">
      <Summary note={note} search={search} />
      {notebook.confirmingDelete === note.id ? (
        <div class="bar" role="alert">
          <span>{t("deleteSure")}</span>
          <button onClick={() => void notebook.deleteForGood(note.id, t("deleted"))}>{t("deleteYes")}</button>
          <button onClick={() => confirmDelete(null)}>{t("deleteNo")}</button>
        </div>
      ) : (
        <div class="bar">
          <button onClick={() => notebook.restore(note)}>{t("restore")}</button>
          <button onClick={() => confirmDelete(note.id)}>{t("delete")}</button>
        </div>
      )}
    </div>
  );
}
