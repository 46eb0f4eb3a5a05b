import { h } from "preact";
import type { App } from "./app";
import { t } from "./config";
import { Editor } from "./editor";
import { Extra, loadExtras } from "./extra";
import { List } from "./list";
import { searchLength, type Viewer } from "./note";
import type { Notebook } from "./notebook";

/** What a signed-in person sees: who they are, their notes and, beside them or in their place, the one that is open. */
export function NotesFace({ app, notebook }: { app: App; notebook: Notebook }) {
  const { draft, toast, trash, viewer } = notebook;
  return (
    <div class={draft ? "notes open" : "notes"}>
      <header>
        <h1>{t("title")}</h1>
        <span class="who">{viewer && who(viewer)}</span>
        <button onClick={() => void app.signOut()}>{t("signOut")}</button>
        {(viewer ?? app.session)?.vouched && <Extra show={({ Vouched }) => <Vouched app={app} />} paint={() => notebook.changed()} />}
      </header>
      <div class="bar" role="status">
        {toast && <span>{toast.text}</span>}
        {toast?.undo && (
          <button id="undo" onClick={toast.undo}>
            {t("undo")}
          </button>
        )}
      </div>
      <section class="shelf">
        <div class="bar">
          <button id="new" class="primary" onClick={() => notebook.open(null)}>
            {t("newNote")}
          </button>
          <button aria-pressed={trash} onClick={() => void notebook.show(!trash)}>
            {t("trash")}
          </button>
        </div>
        <input
          type="search"
          aria-label={t("search")}
          placeholder={t("search")}
          maxLength={searchLength}
          value={notebook.search}
          onInput={(event) => notebook.seek(event.currentTarget.value)}
        />
        {!trash && notebook.tags.length > 0 && (
          <div class="bar tags" role="group" aria-label={t("fieldTags")}>
            {notebook.tags.map((tag) => (
              <button key={tag} aria-pressed={tag === notebook.tag} onClick={() => notebook.choose(tag)}>
                {tag}
              </button>
            ))}
          </div>
        )}
        <List notebook={notebook} />
        <button class="help" onClick={() => void loadExtras().then(({ showKeys }) => showKeys()).catch(() => {})}>
          {t("shortcuts")}
        </button>
      </section>
      {draft && <Editor key={draft.key} draft={draft} notebook={notebook} />}
    </div>
  );
}

/** The account, and whom the tenant says this is; a vouched account is nothing beside that. */
function who({ displayName, vouched, identity }: Viewer): string {
  const name = vouched ? displayName : identity && (identity.name || identity.email || identity.subject);
  return [!vouched && displayName, name && t("identity", { name })].filter(Boolean).join(" · ");
}
