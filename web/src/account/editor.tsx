import { useEffect, useMemo, useState } from "preact/hooks";
import { parseTags } from "../../../widget/src/core/tag";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
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
import { nameOf, type SiteNote } from "./note";

/** The page of one note. */
export function NotePage({ id }: { id: string }) {
  const query = useQuery(NOTE, { id });
  return (
    <>
      {!query.data && <Heading text="Note" />}
      <QueryResult query={query}>{({ note }) => draw(note, query.reload)}</QueryResult>
    </>
  );
}

function draw(note: SiteNote | null, reload: () => Promise<void>) {
  if (!note) {
    return (
      <>
        <Heading text="Note not found" />
        <Empty heading="You have no note at this address.">
          <a href="/account/notes">All notes</a>
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
    else if (!change) request(NOTE, { id: note.id }).then(({ note: now }) => applyChange(now), () => {});
  });

  const trash = () =>
    action.run(async () => {
      await draft.save();
      if (draft.dirty) return; // the text couldn't be saved and stays on the page
      await request(TRASH, { id: note.id });
      toTrash(note.id);
    });

  return (
    <article class="note" data-text={content.body} onFocusOut={() => !failed && void draft.save()}>
      <Heading text={nameOf(content)} />
      <p class="quiet">
        Written at <bdi>{note.tenant.name}</bdi> · changed <RelativeTime at={(base ?? note).updatedAt} />
      </p>
      <div class="bar more">
        <div class="acts">
          <a class="button" href="/account/notes">
            All notes
          </a>
          <Button pressed={content.pinned} onClick={() => draft.edit({ pinned: !content.pinned })}>
            Pin
          </Button>
          <Button busy={action.busy} onClick={() => void trash()}>
            Move to trash
          </Button>
        </div>
        <div class="acts">
          <p role="status" class={failed ? "trouble" : "quiet"}>
            {failed ? "Not saved: " + draft.problem?.message : status === "saving" ? "Saving…" : status === "saved" && "Saved"}
          </p>
          {failed && <Button onClick={() => void draft.save()}>Try again</Button>}
        </div>
      </div>
      <ErrorMessage text={action.error} />
      {draft.theirs && <Conflict draft={draft} theirs={draft.theirs} />}
      <Field label="Title" value={content.title} maxLength={200} onInput={(title) => draft.edit({ title })} />
      <Field label="Note" value={content.body} rows={14} onInput={(body) => draft.edit({ body })} />
      <Tags draft={draft} />
    </article>
  );
}

/** The tags on one line as typed. Invalid tags are not saved. */
function Tags({ draft }: { draft: SiteDraft }) {
  const { tags } = draft.pending.content;
  const [typed, type] = useState("");
  const typedTags = parseTags(typed);
  const theirs = typedTags.tags.join() !== tags.join(); // changed elsewhere
  return (
    <Field
      label="Tags"
      value={theirs ? tags.join(", ") : typed}
      hint="Separated by commas"
      error={!theirs && typedTags.refused.length > 0 ? "A tag can have up to 50 characters, and a note up to 20 tags." : ""}
      onInput={(text) => {
        type(text);
        draft.edit({ tags: parseTags(text).tags });
      }}
    />
  );
}

/** Shows both versions of a note that was changed here and elsewhere. Undo restores the version that was not chosen. */
function Conflict({ draft, theirs }: { draft: SiteDraft; theirs: SiteNote }) {
  const choose = (mine: boolean) => {
    const other = draft.resolveConflict(mine);
    showToast(mine ? "This version was kept." : "The other version was kept.", () => draft.replace(other));
    document.getElementById("undo")?.focus();
  };
  return (
    <section class="conflict" aria-labelledby="conflict">
      <h2 id="conflict">This note was changed elsewhere</h2>
      <p role="alert">
        It was changed <RelativeTime at={theirs.updatedAt} />, while you were editing it here. Which version do you want to keep?
      </p>
      <div class="theirs" dir="auto">
        <strong>{theirs.title || "Untitled"}</strong>
        {"\n"}
        {theirs.body}
      </div>
      <div class="acts">
        <Button kind="first" onClick={() => choose(true)}>
          Keep this version
        </Button>
        <Button onClick={() => choose(false)}>Use the other version</Button>
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
        Written at <bdi>{note.tenant.name}</bdi> · in the trash since <RelativeTime at={note.trashedAt!} />
      </p>
      <div class="acts more">
        <a class="button" href="/account/notes/trash">
          Trash
        </a>
        <Button
          busy={action.busy}
          onClick={() =>
            void action.run(async () => {
              await request(RESTORE, { id: note.id });
              await restored();
              showToast("Restored");
            })
          }
        >
          Restore
        </Button>
        <Button kind="danger" busy={action.busy} onClick={() => void action.run(async () => (await deleteForever(note)) && navigate("/account/notes/trash"))}>
          Delete forever
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
function toTrash(id: string): void {
  navigate("/account/notes", "undo");
  showToast("Moved to trash", () => void request(RESTORE, { id }).then(() => navigate("/account/notes/" + id), () => showToast("It couldn’t be restored. Look in the trash.")));
}

/** Deletes a note forever after a confirmation. Returns whether it was deleted. */
export async function deleteForever(note: SiteNote): Promise<boolean> {
  const yes = await askConfirmation({ heading: "Delete this note forever?", text: `“${nameOf(note)}” can’t be restored.`, button: "Delete forever" });
  if (!yes) return false;
  await request(DELETE, { id: note.id });
  showToast("Deleted");
  return true;
}
