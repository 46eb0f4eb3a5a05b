// The import on the page with all data. It is loaded when that page is opened.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { SITES } from "../account/documents";
import type { Site } from "../account/note";
import { t } from "../account/text";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Choice } from "../component/field";
import { Section } from "../component/section";
import { ErrorMessage, QueryResult } from "../component/state";
import { showToast } from "../component/toast";
import { useQuery } from "../graphql/query";
import { RefusedError } from "../http/post";
import { focusHeading, restoreFocus } from "../page/heading";
import { observable, useObservable } from "../page/observable";
import { explainError } from "../passkey/errors";
import { parseFiles, type Parsed } from "./formats";
import { ImportRun } from "./import_run";
import type { ImportedNote } from "./imported_note";
import { lastImport, saveImport } from "./last_import";
import { FileList, Preview } from "./preview";
import { maxBytes, maxFiles, readFiles, TooLargeError } from "./source_file";

interface Props {
  /** The account id of the person. */
  viewer: string;
  /** What is below it appears with it, so that it doesn't move. */
  below: ComponentChildren;
}

/** Imports notes from files. */
export function Import({ viewer, below }: Props) {
  const query = useQuery(SITES);
  return (
    <QueryResult query={query}>
      {({ viewer: { consents } }) => (
        <>
          <Section id="import" heading={t("import")} about={t("importAbout")}>
            {consents.length ? <ImportForm viewer={viewer} sites={consents.map(({ tenant }) => tenant)} /> : <p>{t("importNoSite")}</p>}
          </Section>
          {below}
        </>
      )}
    </QueryResult>
  );
}

/** The last import. It goes on, and can be undone, after the person has looked at other pages. */
const lastRun = observable<ImportRun | null>(null);

/** Changes when the last import has something new to show. */
const progress = observable(0);

const warn = (event: BeforeUnloadEvent) => event.preventDefault();

/** Offers to undo the last import if the page was loaded since. */
export async function restoreLastImport(viewer: string): Promise<void> {
  if (lastRun.value) return;
  const ids = await lastImport(viewer);
  if (!ids.length) return;
  const restored: ImportRun = ImportRun.restore(ids, () => showProgress(restored), (left) => saveImport(viewer, left));
  lastRun.value = restored;
}

/** Shows the progress of a run. Until it ends, the browser asks before the page is closed. */
function showProgress(run: ImportRun): void {
  progress.value++;
  if (run.running) addEventListener("beforeunload", warn);
  else removeEventListener("beforeunload", warn);
}

function ImportForm({ viewer, sites }: { viewer: string; sites: Site[] }) {
  const action = useAction();
  const [parsed, setParsed] = useState<Parsed | null>(null);
  const [site, setSite] = useState(sites[0]!.id);
  const [status, setStatus] = useState("");
  const run = useObservable(lastRun);
  useObservable(progress);
  const allowed = new Set(sites.map(({ id }) => id));
  const tenantOf = ({ tenant }: ImportedNote) => (tenant && allowed.has(tenant) ? tenant : site);
  const undone = run?.direction === "undo" && run.complete && !run.running;

  const choose = (input: HTMLInputElement) =>
    action.run(async () => {
      const files = [...(input.files ?? [])];
      lastRun.value = null;
      showToast(""); // an export may just have been downloaded
      setStatus(t("wait"));
      try {
        const found = parseFiles(await readFiles(files));
        setParsed(found);
        setStatus(found.notes.length ? t("importPreview", { count: found.notes.length }) : t("importNothing"));
      } catch (error) {
        setStatus("");
        if (error instanceof TooLargeError) throw new RefusedError("import_too_large", t("import_too_large", { files: maxFiles, size: maxBytes >> 20 }));
        throw new RefusedError("import_unreadable", t("import_unreadable"), { reference: String(error) });
      } finally {
        input.value = ""; // the same files may be chosen again
      }
    });
  const begin = ({ notes }: Parsed) => {
    const begun: ImportRun = new ImportRun(notes, tenantOf, () => showProgress(begun), (sent) => saveImport(viewer, sent));
    lastRun.value = begun;
    setParsed(null);
    setStatus("");
    void end(begun.run());
  };
  const end = async (running: Promise<void>) => {
    focusHeading("import");
    await running;
    restoreFocus("import");
  };
  const reset = () => {
    if (lastRun.value) void saveImport(viewer, []);
    lastRun.value = null;
    setParsed(null);
    setStatus("");
    focusHeading("import");
  };

  return (
    <>
      {!parsed && (!run || undone) && (
        <>
          <FileField label={t("importFiles")} busy={action.busy} onChoose={choose} />
          <FileField label={t("importFolder")} busy={action.busy} folder onChoose={choose} />
        </>
      )}
      <ErrorMessage text={run?.error ? explainError(run.error).message : action.error} />
      <p role="status">{run ? statusOf(run) : status}</p>
      {parsed && (
        <>
          <Preview parsed={parsed} sites={sites} tenantOf={tenantOf} />
          {sites.length > 1 && parsed.notes.some(({ tenant }) => !tenant || !allowed.has(tenant)) && (
            <Choice label={t("importInto")} value={site} options={sites.map(({ id, name }) => ({ value: id, label: name }))} onChange={setSite} />
          )}
          <div class="acts more">
            {parsed.notes.length > 0 && (
              <Button kind="first" busy={action.busy} onClick={() => begin(parsed)}>
                {t("import")}
              </Button>
            )}
            <Button onClick={reset}>{t("cancel")}</Button>
          </div>
        </>
      )}
      {run && !undone && <Run run={run} goOn={() => void end(run.run())} undo={() => void end(run.undo())} reset={reset} />}
    </>
  );
}

/** Says what a run does or has done. */
function statusOf({ direction, complete, done, count, stored, kept, restored }: ImportRun): string {
  if (direction === "import" && restored) return t("importLast");
  if (direction === "import") return complete ? t("imported", { count: stored }) : t("importing", { done, count });
  if (!complete) return t("importUndoing", { done, count });
  return t("importUndone") + (kept ? " " + t("importKept", { count: kept }) : "");
}

/** The progress of a run, or what can be done after it. The keys keep Cancel from becoming another button while it has the focus. */
function Run({ run, goOn, undo, reset }: { run: ImportRun; goOn: () => void; undo: () => void; reset: () => void }) {
  if (run.running) {
    return (
      <>
        <progress max={run.count} value={run.done} aria-label={t(run.direction)} />
        <div key="running" class="acts more">
          <Button onClick={() => run.stop()}>{t("cancel")}</Button>
        </div>
      </>
    );
  }
  return (
    <>
      {run.refused.length > 0 && <FileList heading={t("importRefused", { count: run.refused.length })} files={run.refused.map((path) => ({ path }))} open />}
      <div key="ended" class="acts more">
        {!run.complete && <Button onClick={goOn}>{t("tryAgain")}</Button>}
        {run.undoable && <Button onClick={undo}>{t("undo")}</Button>}
        {run.stored > 0 && (
          <a class="button" href="/account/notes">
            {t("notes")}
          </a>
        )}
        <Button onClick={reset}>{t("importMore")}</Button>
      </div>
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
