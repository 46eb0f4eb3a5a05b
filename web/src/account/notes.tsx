import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { byPinnedThenNewest, searchLength } from "../../../widget/src/core/note";
import { partAtMatch } from "../../../widget/src/core/match";
import { excerpt } from "../../../widget/src/core/text";
import { request } from "../graphql/request";
import { focusHeading, Heading } from "../page/heading";
import { observable, useObservable } from "../page/observable";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Choice, Field } from "../component/field";
import { RelativeTime } from "../component/time";
import { Row, Rows } from "../component/rows";
import { Empty, Loading, LoadError, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { useChanges } from "./changes";
import { RESTORE, SITES_OF_NOTES, type NoteFilter } from "./documents";
import { deleteForever } from "./editor";
import { LockoutReminder } from "./lockout_warning";
import { nameOf, type SiteNote, type Site } from "./note";
import { readPage } from "./note_page";
import { noteRequests } from "./note_requests";
import { PageLink } from "./page_link";
import { rich, t } from "./text";

/** The filter of the list. It is kept while a note is open. */
const currentFilter = observable<NoteFilter>({});

/** The notes of every site, or those in the trash. */
export function Notes({ trashed }: { trashed: boolean }) {
  const filter = useObservable(currentFilter);
  const list = useNotes(trashed ? { trashed } : filter);
  const sites = useSites();
  const changeFilter = (change: Partial<Record<keyof NoteFilter, string>>) => {
    currentFilter.value = Object.fromEntries(Object.entries({ ...filter, ...change }).filter(([, value]) => value !== ""));
  };
  const { search = "", tag = "", tenant = "" } = filter;

  return (
    <>
      <Heading
        text={t(trashed ? "trash" : "notes")}
        actions={
          <a class="button" href={trashed ? "/account/notes" : "/account/notes/trash"}>
            {t(trashed ? "allNotes" : "trash")}
          </a>
        }
      />
      {!trashed && (
        <div class="seek">
          <Field label={t("search")} type="search" value={search} maxLength={searchLength} onInput={(value) => changeFilter({ search: value })} />
          {sites.length > 1 && (
            <Choice
              label={t("site")}
              value={tenant}
              options={[{ value: "", label: t("allSites") }, ...sites.map(({ id, name }) => ({ value: id, label: name }))]}
              onChange={(value) => changeFilter({ tenant: value })}
            />
          )}
        </div>
      )}
      {!trashed && tag && (
        <p>
          <Button label={t("removeTag", { tag })} onClick={() => changeFilter({ tag: "" })}>
            {t("tag", { tag })} ×
          </Button>
        </p>
      )}
      <NoteList list={list} trashed={trashed} search={trashed ? "" : search} filtered={!trashed && Boolean(search || tag || tenant)} onTag={(name) => changeFilter({ tag: name })} />
      {!trashed && list.notes.length > 0 && <LockoutReminder />}
    </>
  );
}

interface List {
  notes: SiteNote[];
  /** "following": the first notes are visible while the rest of the page loads. */
  state: "loading" | "following" | "ready" | "failed";
  error: unknown;
  more: boolean;
  load: (next: boolean) => Promise<void>;
  drop: (id: string) => void;
}

const debounce = 250;

/** Loads the notes that match a filter, page by page. */
function useNotes(filter: NoteFilter): List {
  const key = JSON.stringify(filter);
  const turn = useRef(0);
  const cursor = useRef<string | null>(null);
  const [list, setList] = useState<Omit<List, "load" | "drop">>({ notes: [], state: "loading", error: null, more: false });

  const load = async (next: boolean) => {
    const mine = ++turn.current;
    setList((before) => ({ ...before, state: "loading" }));
    try {
      for await (const { found, more, full, end } of readPage(JSON.parse(key) as NoteFilter, next ? cursor.current : null)) {
        if (mine !== turn.current) return;
        const behind = next;
        next = true;
        cursor.current = end;
        setList((before) => ({
          notes: behind ? [...before.notes.filter(({ id }) => !found.some((note) => note.id === id)), ...found] : found,
          state: full ? "ready" : "following",
          error: null,
          more,
        }));
      }
    } catch (error) {
      if (mine === turn.current) setList((before) => ({ ...before, state: "failed", error }));
    }
  };

  useEffect(() => {
    const timer = setTimeout(() => void load(false), turn.current ? debounce : 0);
    return () => {
      clearTimeout(timer);
      turn.current++;
    };
  }, [key]);

  const drop = (id: string) => setList((before) => ({ ...before, notes: before.notes.filter((note) => note.id !== id) }));

  /** Reloads the first page. Later pages stay, so that a long list keeps its scroll position. */
  const reloadFirstPage = async () => {
    const mine = turn.current;
    const found: SiteNote[] = [];
    let more = false;
    for await (const part of readPage(JSON.parse(key) as NoteFilter, null)) {
      if (mine !== turn.current) return;
      found.push(...part.found);
      more = part.more;
    }
    setList((before) => {
      const rest = more ? before.notes.filter(({ id }) => !found.some((note) => note.id === id)) : [];
      return { ...before, notes: [...found, ...rest].sort(byPinnedThenNewest) };
    });
  };

  useChanges((change) => {
    const { trashed = false, ...conditions } = JSON.parse(key) as NoteFilter;
    if (!change) return void reloadFirstPage().catch(() => {});
    const { id, note } = change;
    if (!note || (note.trashedAt !== null) !== trashed) return drop(id);
    if (Object.keys(conditions).length > 0) return void reloadFirstPage().catch(() => {}); // only the server can apply the filter
    setList((before) => ({ ...before, notes: [...before.notes.filter((other) => other.id !== id), note].sort(byPinnedThenNewest) }));
  });

  return { ...list, load, drop };
}

const lastNotes = 1000;
const leastPage = 25;

/** Returns the sites of the person's last thousand notes, or of fewer if the notes are long. */
function useSites(): Site[] {
  const [sites, setSites] = useState<Site[]>([]);
  useEffect(() => {
    const found = new Map<string, Site>();
    const collect = async (after: string | null, left: number): Promise<void> => {
      const { notes } = await request(SITES_OF_NOTES, { after });
      for (const { node } of notes.edges) found.set(node.tenant.id, node.tenant);
      left -= Math.max(notes.edges.length, leastPage);
      if (notes.pageInfo.hasNextPage && left > 0) return collect(notes.pageInfo.endCursor, left);
    };
    collect(null, lastNotes).then(
      () => setSites([...found.values()].sort((a, b) => a.name.localeCompare(b.name))),
      () => {}, // the list shows the error
    );
  }, []);
  return sites;
}

function NoteList({ list, trashed, search, filtered, onTag }: { list: List; trashed: boolean; search: string; filtered: boolean; onTag: (tag: string) => void }) {
  const { notes, state, error, more } = list;
  return (
    <>
      {state === "failed" && <LoadError error={error} retry={() => list.load(false)} />}
      <p role="status" class="quiet">
        {state === "following" && t(filtered ? "searching" : "loading")}
        {state === "ready" && filtered && (notes.length === 0 ? t("noneFound") : more ? "" : t("found", { count: notes.length }))}
      </p>
      {notes.length > 0 ? (
        <Rows label={t(trashed ? "notesInTrash" : "notes")} busy={state === "loading" || state === "following"}>
          {notes.map((note) => (trashed ? <TrashedRow key={note.id} note={note} list={list} /> : <NoteRow key={note.id} note={note} search={search} onTag={onTag} />))}
        </Rows>
      ) : state === "loading" ? (
        <Loading />
      ) : (
        state === "ready" &&
        !filtered &&
        (trashed ? (
          <Empty heading={t("trashEmpty")} />
        ) : (
          <Empty heading={t("noNotes")}>
            <p>{t("noNotesHow")}</p>
          </Empty>
        ))
      )}
      {more && notes.length > 0 && state !== "failed" && (
        <div class="acts more">
          <Button busy={state === "loading"} onClick={() => void list.load(true)}>
            {t("showMore")}
          </Button>
        </div>
      )}
    </>
  );
}

function NoteRow({ note, search, onTag }: { note: SiteNote; search: string; onTag: (tag: string) => void }) {
  const { title, body } = note;
  const text = useMemo(() => (search ? partAtMatch(body, search) : body), [body, search]);
  const found = text !== body;
  return (
    <Row
      title={
        <a class="open" href={"/account/notes/" + note.id} dir="auto">
          {nameOf(note)}
        </a>
      }
      facts={
        <>
          {body && (title || found) && (
            <span class={found ? "excerpt found" : "excerpt"} dir="auto">
              {excerpt(text)}
            </span>
          )}
          <bdi>{note.tenant.name}</bdi>
          {note.context && <PageLink page={note.context} />}
          <RelativeTime at={note.updatedAt} />
          {note.pinned && <span>{t("pinned")}</span>}
        </>
      }
      actions={note.tags.map((tag) => (
        <Button key={tag} kind="plain" label={t("showTag", { tag })} onClick={() => onTag(tag)}>
          #{tag}
        </Button>
      ))}
    />
  );
}

function TrashedRow({ note, list }: { note: SiteNote; list: List }) {
  const action = useAction();
  const restore = async () => {
    await noteRequests.request(RESTORE, { id: note.id });
    list.drop(note.id);
    showToast(t("restored"));
    focusHeading();
  };
  const end = async () => {
    if (!(await deleteForever(note))) return;
    list.drop(note.id);
    showToast(t("deleted"));
    focusHeading();
  };
  return (
    <Row
      title={
        <a class="open" href={"/account/notes/" + note.id} dir="auto">
          {nameOf(note)}
        </a>
      }
      facts={
        <>
          <bdi>{note.tenant.name}</bdi>
          <span>{rich("inTrashSince", { time: <RelativeTime at={note.trashedAt!} /> })}</span>
        </>
      }
      actions={
        <>
          <Button label={t("restoreNamed", { name: nameOf(note) })} busy={action.busy} onClick={() => void action.run(restore)}>
            {t("restore")}
          </Button>
          <Button kind="danger" label={t("deleteNamed", { name: nameOf(note) })} busy={action.busy} onClick={() => void action.run(end)}>
            {t("deleteForever")}
          </Button>
        </>
      }
    >
      <ErrorMessage text={action.error} />
    </Row>
  );
}
