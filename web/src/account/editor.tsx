import { useEffect, useMemo, useState } from "preact/hooks";
import { resolveConflict } from "../../../widget/src/core/replacement";
import { parseTags } from "../../../widget/src/core/tag";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { UnreachableError } from "../http/post";
import { Heading } from "../page/heading";
import { navigate } from "../page/navigation";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { askConfirmation } from "../component/dialog";
import { Field } from "../component/field";
import { RelativeTime } from "../component/time";
import { QueryResult, Empty, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { useChanges } from "./changes";
import { DELETE, NOTE, RESTORE, TRASH } from "./documents";
import { draftOf, type SiteDraft } from "./draft";
import { abridge, nameOf, type SiteNote } from "./note";
import { noteRequests } from "./note_requests";
import { PageLink } from "./page_link";
import { showReplacement, useReplacement } from "./replacement";
import { rich, t } from "./text";

/** The page of one note. */
export function NotePage({ id }: { id: string }) {
  const query = useQuery(NOTE, { id }, noteRequests.request);
  return (
    <>
      {!query.data && <Heading text={t("note")} />}
      <QueryResult query={query}>{({ note }) => draw(note, query.reload)}</QueryResult>
    </>
  );
}

function draw(note: SiteNote | null, reload: () => Promise<void>) {
  if (!note) {
    return (
      <>
        <Heading text={t("noteNotFound")} />
        <Empty heading={t("noNote")}>
          <a href="/account/notes">{t("allNotes")}</a>
        </Empty>
      </>
    );
  }
  return note.trashedAt ? <Trashed note={note} restored={reload} /> : <Editor key={note.id} note={note} reload={reload} />;
}

/** An open note. It is saved automatically, and the status shows the progress. */
function Editor({ note, reload }: { note: SiteNote; reload: () => Promise<void> }) {
  const [, redraw] = useState(0);
  const draft = useMemo(() => draftOf(note, () => redraw((n) => n + 1)), []);
  const action = useAction();
  const { status } = draft;
  const { base, content } = draft.pending;
  const failed = /^(failed|offline|waiting)$/.test(status);
  useReplacement();

  useEffect(() => {
    const save = () => void draft.save();
    const leaving = (event: BeforeUnloadEvent) => {
      save();
      if (draft.dirty) event.preventDefault();
    };
    document.addEventListener("visibilitychange", save);
    addEventListener("online", save);
    addEventListener("beforeunload", leaving);
    return () => {
      removeEventListener("online", save);
      document.removeEventListener("visibilitychange", save);
      removeEventListener("beforeunload", leaving);
      save();
    };
  }, [draft]);

  const applyChange = (now: SiteNote | null) => {
    if (draft.dirty || action.busy) return; // the pending change reports its own result
    if (!now || now.trashedAt) void reload();
    else draft.refresh(now);
  };
  useChanges((change) => {
    if (change?.id === note.id) applyChange(change.note);
    else if (!change) noteRequests.request(NOTE, { id: note.id }).then(({ note: now }) => applyChange(now), () => {});
  });

  const trash = () =>
    action.run(async () => {
      await draft.save();
      if (draft.dirty) return; // the text couldn't be saved and stays on the page
      await request(TRASH, { id: note.id });
      toTrash(note.id, nameOf(content));
    });

  return (
    <article class="note" data-text={content.body} onFocusOut={() => !failed && void draft.save()}>
      <Heading text={nameOf(content)} />
      <p class="quiet">
        {rich("writtenAt", { site: <bdi>{note.tenant.name}</bdi>, time: <RelativeTime at={(base ?? note).updatedAt} /> })}
      </p>
      <Origin note={note} />
      <div class="bar more">
        <div class="acts">
          <a class="button" href="/account/notes">
            {t("allNotes")}
          </a>
          <Button pressed={content.pinned} onClick={() => draft.edit({ pinned: !content.pinned })}>
            {t("pin")}
          </Button>
          <Button busy={action.busy} onClick={() => void trash()}>
            {t("moveToTrash")}
          </Button>
        </div>
        <div class="acts">
          <p role="status" class={failed ? "trouble" : "quiet"}>
            {failed ? t("notSaved", { reason: draft.problem?.message ?? "" }) : status === "saving" ? t("saving") : status === "saved" && t("saved")}
          </p>
          {failed && <Button onClick={() => void draft.save()}>{t("tryAgain")}</Button>}
        </div>
      </div>
      <ErrorMessage text={action.error} />
      {draft.theirs && <Conflict draft={draft} theirs={draft.theirs} />}
      <Field label={t("title")} value={content.title} maxLength={200} onInput={(title) => draft.edit({ title })} />
      <Field label={t("note")} value={content.body} rows={14} onInput={(body) => draft.edit({ body })} />
      <Tags draft={draft} />
      <EarlierVersions draft={draft} />
    </article>
  );
}

/** The page on which the note was written, if that is known. */
function Origin({ note: { context } }: { note: SiteNote }) {
  return context ? <p class="quiet">{rich("onPage", { page: <PageLink page={context} /> })}</p> : null;
}

/** The earlier versions, which are loaded when they are opened. */
function EarlierVersions({ draft }: { draft: SiteDraft }) {
  const [part, setPart] = useState<typeof import("./versions") | null>(null);
  const action = useAction();
  return (
    <section>
      <Button busy={action.busy} pressed={!!part} onClick={() => (part ? setPart(null) : void action.run(async () => setPart(await loadVersions())))}>
        {t("versions")}
      </Button>
      {part && <part.Versions draft={draft} />}
      <ErrorMessage text={action.error} />
    </section>
  );
}

const loadVersions = () =>
  import("./versions").catch((cause: unknown) => {
    throw new UnreachableError("no versions", { cause });
  });

/** The tags on one line as typed. Invalid tags are not saved. */
function Tags({ draft }: { draft: SiteDraft }) {
  const { tags } = draft.pending.content;
  const [typed, type] = useState("");
  const typedTags = parseTags(typed);
  const theirs = typedTags.tags.join() !== tags.join(); // changed elsewhere
  return (
    <Field
      label={t("tags")}
      value={theirs ? tags.join(", ") : typed}
      hint={t("tagsHint")}
      error={!theirs && typedTags.refused.length > 0 ? t("tagLimits") : ""}
      onInput={(text) => {
        type(text);
        draft.edit({ tags: parseTags(text).tags });
      }}
    />
  );
}

/** Shows both versions of a note that was changed here and elsewhere. Undo restores the version that was not chosen. */
function Conflict({ draft, theirs }: { draft: SiteDraft; theirs: SiteNote }) {
  const choose = (mine: boolean) => showReplacement(t(mine ? "keptMine" : "keptTheirs"), resolveConflict(draft, mine));
  return (
    <section class="conflict" aria-labelledby="conflict">
      <h2 id="conflict">{t("changedElsewhere")}</h2>
      <p role="alert">{rich("changedWhile", { time: <RelativeTime at={theirs.updatedAt} /> })}</p>
      <div class="theirs" dir="auto">
        <strong>{theirs.title || t("untitled")}</strong>
        {"\n"}
        {theirs.body}
      </div>
      <div class="acts">
        <Button kind="first" onClick={() => choose(true)}>
          {t("keepMine")}
        </Button>
        <Button onClick={() => choose(false)}>{t("useTheirs")}</Button>
      </div>
    </section>
  );
}

/** A note in the trash, with buttons to restore it or delete it forever. */
function Trashed({ note, restored }: { note: SiteNote; restored: () => Promise<void> }) {
  const action = useAction();
  useChanges((change) => void (!action.busy && (!change || change.id === note.id) && restored()));
  return (
    <article class="note">
      <Heading text={nameOf(note)} />
      <p class="quiet">
        {rich("trashedAt", { site: <bdi>{note.tenant.name}</bdi>, time: <RelativeTime at={note.trashedAt!} /> })}
      </p>
      <Origin note={note} />
      <div class="acts more">
        <a class="button" href="/account/notes/trash">
          {t("trash")}
        </a>
        <Button
          busy={action.busy}
          onClick={() =>
            void action.run(async () => {
              await request(RESTORE, { id: note.id });
              await restored();
              showToast(t("restored"));
            })
          }
        >
          {t("restore")}
        </Button>
        <Button kind="danger" busy={action.busy} onClick={() => void action.run(async () => (await deleteForever(note)) && backToTrash())}>
          {t("deleteForever")}
        </Button>
      </div>
      <ErrorMessage text={action.error} />
      <div class="theirs" dir="auto">
        {note.body}
      </div>
    </article>
  );
}

/** Returns to the list and offers to undo the move to the trash. */
function toTrash(id: string, name: string): void {
  navigate("/account/notes", "undo");
  showToast(t("movedToTrash", { name: abridge(name) }), () => void request(RESTORE, { id }).then(() => navigate("/account/notes/" + id), () => showToast(t("notRestored"))));
}

function backToTrash(): void {
  navigate("/account/notes/trash");
  showToast(t("deleted"));
}

/** Deletes a note forever after a confirmation. Returns whether it was deleted. */
export async function deleteForever(note: SiteNote): Promise<boolean> {
  const yes = await askConfirmation({ heading: t("deleteNoteAsk"), text: t("deleteNoteMeans", { name: nameOf(note) }), button: t("deleteForever") });
  if (!yes) return false;
  await noteRequests.request(DELETE, { id: note.id });
  return true;
}
