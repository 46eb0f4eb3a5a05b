// The import on the page with all data. It is loaded when that page is opened.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { SITES } from "../account/documents";
import { nameOf, type Site } from "../account/note";
import { t } from "../account/text";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Choice } from "../component/field";
import { Section } from "../component/section";
import { ErrorMessage, QueryResult } from "../component/state";
import { useQuery } from "../graphql/query";
import { RefusedError } from "../http/post";
import { focusHeading } from "../page/heading";
import { parseFiles, type Parsed } from "./formats";
import { ImportRun } from "./import_run";
import { maxBytes, maxFiles, readFiles, TooLargeError } from "./source_file";

const shownTitles = 20;

/** Imports notes from files. What is below it appears with it, so that it doesn't move. */
export function Import({ below }: { below: ComponentChildren }) {
  const query = useQuery(SITES);
  return (
    <QueryResult query={query}>
      {({ viewer: { consents } }) => (
        <>
          <Section id="import" heading={t("import")} about={t("importAbout")}>
            {consents.length ? <ImportForm sites={consents.map(({ tenant }) => tenant)} /> : <p>{t("importNoSite")}</p>}
          </Section>
          {below}
        </>
      )}
    </QueryResult>
  );
}

function ImportForm({ sites }: { sites: Site[] }) {
  const action = useAction();
  const [parsed, setParsed] = useState<Parsed | null>(null);
  const [site, setSite] = useState(sites[0]!.id);
  const [run, setRun] = useState<ImportRun | null>(null);
  const [, repaint] = useState(0);
  const [status, setStatus] = useState("");

  const choose = (input: HTMLInputElement) =>
    action.run(async () => {
      const files = [...(input.files ?? [])];
      setStatus(t("wait"));
      try {
        const read = await readFiles(files);
        const found = parseFiles(read.files);
        const all = { notes: found.notes, skipped: [...read.skipped, ...found.skipped] };
        setParsed(all);
        setStatus(all.notes.length ? t("importPreview", { count: all.notes.length }) : t("importNothing"));
      } catch (error) {
        setStatus("");
        if (error instanceof TooLargeError) throw new RefusedError("import_too_large", t("import_too_large", { files: maxFiles, size: maxBytes >> 20 }));
        throw new RefusedError("import_unreadable", t("import_unreadable"), { reference: String(error) });
      } finally {
        input.value = ""; // the same files may be chosen again
      }
    });
  const start = async (which: ImportRun) => {
    setRun(which);
    focusHeading("import");
    await action.run(async () => {
      await which.run();
      setStatus(t("imported", { count: which.done }));
    });
    focusHeading("import");
  };
  const begin = ({ notes }: Parsed) => {
    const allowed = new Set(sites.map(({ id }) => id));
    const progress = () => {
      setStatus(t("importing", { done: which.done, count: which.count }));
      repaint((n) => n + 1);
    };
    const which = new ImportRun(notes, ({ tenant }) => (tenant && allowed.has(tenant) ? tenant : site), progress);
    return start(which);
  };
  const undo = (which: ImportRun) =>
    action.run(async () => {
      await which.undo();
      reset(t("importUndone"));
    });
  const reset = (text: string) => {
    setParsed(null);
    setRun(null);
    setStatus(text);
    focusHeading("import");
  };

  return (
    <>
      {!parsed && (
        <>
          <FileField label={t("importFiles")} busy={action.busy} onChoose={choose} />
          <FileField label={t("importFolder")} busy={action.busy} folder onChoose={choose} />
        </>
      )}
      <ErrorMessage text={action.error} />
      <p role="status">{status}</p>
      {parsed && !run && (
        <>
          <Preview parsed={parsed} />
          {sites.length > 1 && parsed.notes.length > 0 && <Choice label={t("importInto")} value={site} options={sites.map(({ id, name }) => ({ value: id, label: name }))} onChange={setSite} />}
          <div class="acts more">
            {parsed.notes.length > 0 && (
              <Button kind="first" busy={action.busy} onClick={() => void begin(parsed)}>
                {t("import")}
              </Button>
            )}
            <Button onClick={() => reset("")}>{t("cancel")}</Button>
          </div>
        </>
      )}
      {run && (
        <>
          {action.busy && <progress max={run.count} value={run.done} aria-label={t("import")} />}
          <div class="acts more">
            {action.busy ? (
              <Button onClick={() => run.stop()}>{t("cancel")}</Button>
            ) : (
              <>
                {run.done < run.count && <Button onClick={() => void start(run)}>{t("tryAgain")}</Button>}
                {run.done > 0 && (
                  <>
                    <Button onClick={() => void undo(run)}>{t("undo")}</Button>
                    <a class="button" href="/account/notes">
                      {t("notes")}
                    </a>
                  </>
                )}
                <Button onClick={() => reset("")}>{t("importMore")}</Button>
              </>
            )}
          </div>
        </>
      )}
    </>
  );
}

function FileField({ label, folder = false, busy, onChoose }: { label: string; folder?: boolean; busy: boolean; onChoose: (input: HTMLInputElement) => void }) {
  return (
    <div class="field">
      <label>
        {label}
        <input type="file" multiple disabled={busy} {...(folder ? { webkitdirectory: true } : { accept: ".zip,.md,.markdown,.txt,.json" })} onChange={(event) => onChoose(event.currentTarget)} />
      </label>
    </div>
  );
}

/** The first notes that would be imported, how many of all go to the trash, and every file that would not be imported. */
function Preview({ parsed: { notes, skipped } }: { parsed: Parsed }) {
  const trashed = notes.filter((note) => note.trashed).length;
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
      {trashed > 0 && <p>{t("importTrashed", { count: trashed })}</p>}
      {skipped.length > 0 && (
        <details open={skipped.length <= shownTitles}>
          <summary>{t("importSkipped", { count: skipped.length })}</summary>
          <ul class="plain-list">
            {skipped.map(({ path, reason }, i) => (
              <li key={i}>
                <bdi>{path}</bdi>: {t(`skipped_${reason}`)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
