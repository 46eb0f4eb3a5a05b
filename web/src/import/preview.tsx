// What an import would do, before it begins.
import { abridge, nameOf, type Site } from "../account/note";
import { t } from "../account/text";
import type { Parsed } from "./formats";
import { maxTags, tagLength, type ImportedNote, type Skipped } from "./imported_note";

const shownTitles = 20;

interface PreviewProps {
  parsed: Parsed;
  sites: Site[];
  tenantOf: (note: ImportedNote) => string;
}

/** The first notes that would be imported, where they go, what changes about them, and every file that would not be imported. */
export function Preview({ parsed: { notes, skipped, repeated }, sites, tenantOf }: PreviewProps) {
  const count = (which: (note: ImportedNote) => unknown) => notes.filter(which).length;
  const [trashed, archived, attached] = [count((note) => note.trashed), count((note) => note.archived), count((note) => note.attachments)];
  const losing = notes.filter((note) => note.omittedTags);
  return (
    <>
      {notes.length > 0 && (
        <ul class="plain-list">
          {notes.slice(0, shownTitles).map((note, i) => (
            <li key={i}>
              <bdi>{nameOf(note)}</bdi> {note.trashed && <span class="quiet">{t("trash")}</span>}
            </li>
          ))}
          {notes.length > shownTitles && <li>…</li>}
        </ul>
      )}
      {sites.map(({ id, name }) => {
        const there = count((note) => tenantOf(note) === id);
        return there > 0 && <p key={id}>{t("importWhere", { count: there, site: name })}</p>;
      })}
      {trashed > 0 && <p>{t("importTrashed", { count: trashed })}</p>}
      {archived > 0 && <p>{t("importArchived", { count: archived, tag: t("importArchiveTag") })}</p>}
      {attached > 0 && <p>{t("importAttachments")}</p>}
      {losing.length > 0 && <OmittedTags notes={losing} />}
      {skipped.length > 0 && <FileList heading={t("importSkipped", { count: skipped.length })} files={skipped} open={skipped.length <= shownTitles} />}
      {repeated.length > 0 && <FileList heading={t("importRepeated", { count: repeated.length })} files={repeated.map((path) => ({ path }))} />}
    </>
  );
}

/** The tags that notes lose. */
function OmittedTags({ notes }: { notes: ImportedNote[] }) {
  return (
    <details open={notes.length <= shownTitles}>
      <summary>{t("importOmittedTags", { count: notes.length, tags: maxTags, length: tagLength })}</summary>
      <ul class="plain-list">
        {notes.map((note, i) => (
          <li key={i}>
            <bdi>{nameOf(note)}</bdi>:{" "}
            {note.omittedTags!.map((tag, n) => (
              <span key={n}>
                {n > 0 && " · "}
                <bdi>{abridge(tag)}</bdi>
              </span>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Files, or notes in them, each with why it is listed. */
export function FileList({ heading, files, open = false }: { heading: string; files: (Pick<Skipped, "path"> & Partial<Skipped>)[]; open?: boolean }) {
  return (
    <details open={open}>
      <summary>{heading}</summary>
      <ul class="plain-list">
        {files.map(({ path, title, reason }, i) => (
          <li key={i}>
            <bdi>{path}</bdi>
            {title && (
              <>
                {" "}
                (<bdi>{title}</bdi>)
              </>
            )}
            {reason && `: ${t(`skipped_${reason}`)}`}
          </li>
        ))}
      </ul>
    </details>
  );
}
