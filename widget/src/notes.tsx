import { h, type VNode } from "preact";
import type { App } from "./app";
import { accountURL, t } from "./config";
import { Editor } from "./editor";
import { loadExtras, showLazy } from "./lazy";
import { List } from "./list";
import { searchLength } from "./core/note";
import { page } from "./page";
import type { Viewer } from "./session";
import type { Notebook } from "./notebook";

/** NotesExtras is what this view needs from the extras. */
export interface NotesExtras {
  Vouched: (props: { app: App }) => VNode;
  showShortcuts: () => void;
}

/** NotesView is what a signed-in person sees: who they are, their notes and, beside or instead of them, the open note. */
export function NotesView({ app, notebook }: { app: App; notebook: Notebook }) {
  const { draft, toast, trash, viewer } = notebook;
  return (
    <div class={"notes" + (draft ? " open" : "") + (page ? " here" : "")}>
      <header>
        <h1>{t("title")}</h1>
        <span class="who">
          {viewer && (viewer.vouched ? names(viewer) : <a href={accountURL()} target="_blank">{names(viewer)}</a>)}
        </span>
        <button onClick={() => void app.signOut()}>{t("signOut")}</button>
        {(viewer ?? app.session)?.vouched && showLazy<NotesExtras>({ part: "Vouched", app })}
        {END_TO_END && notebook.banner?.(app)}
      </header>
      <div class="bar" role="status">
        {toast && <span>{toast.text}</span>}
        {toast?.undo?.() && (
          <button
            id="undo"
            onClick={() => {
              notebook.toast = null;
              toast.undo!()?.();
            }}
          >
            {t("undo")}
          </button>
        )}
      </div>
      <section class="shelf">
        <div class="bar">
          <button id="new" class="primary" onClick={() => notebook.open(null)}>
            {t("newNote")}
          </button>
          <button aria-pressed={trash} onClick={() => void notebook.showTrash(!trash)}>
            {t("trash")}
          </button>
        </div>
        <input
          type="search"
          aria-label={t("search")}
          placeholder={t("search")}
          maxLength={searchLength}
          value={notebook.search}
          onInput={(event) => notebook.setSearch(event.currentTarget.value)}
        />
        {!trash && notebook.tags.length > 0 && (
          <div class="bar tags" role="group" aria-label={t("fieldTags")}>
            {notebook.tags.map((tag) => (
              <button key={tag} aria-pressed={tag === notebook.tag} onClick={() => notebook.toggleTag(tag)}>
                {tag}
              </button>
            ))}
          </div>
        )}
        <List notebook={notebook} />
        <button class="help" onClick={() => void loadExtras<NotesExtras>().then(({ showShortcuts }) => showShortcuts()).catch(() => {})}>
          {t("shortcuts")}
        </button>
      </section>
      {draft && <Editor key={draft.key} draft={draft} notebook={notebook} />}
    </div>
  );
}

/** Returns the names of the account and of the person that the tenant names; a vouched account has no name of its own. */
function names({ displayName, vouched, identity }: Viewer): string {
  const name = vouched ? displayName : identity && (identity.name || identity.email || identity.subject);
  return [!vouched && displayName, name && t("identity", { name })].filter(Boolean).join(" · ");
}
