import { useState } from "preact/hooks";
import type { Version } from "../../../widget/src/core/note";
import { textOf, undoing } from "../../../widget/src/core/replacement";
import { noteDifference } from "../../../widget/src/extras/difference";
import { Button } from "../component/button";
import { useAction } from "../component/action";
import { Empty, ErrorMessage, QueryResult } from "../component/state";
import { ExactTime } from "../component/time";
import { useQuery } from "../graphql/query";
import { RESTORE_VERSION, VERSIONS } from "./documents";
import type { SiteDraft } from "./draft";
import { noteRequests } from "./note_requests";
import { showReplacement } from "./replacement";
import { t } from "./text";

/** The earlier versions that differ from the open note: each with what differs, and a button that restores it. */
export function Versions({ draft }: { draft: SiteDraft }) {
  const { id, content } = draft.pending;
  const query = useQuery(VERSIONS, { id }, noteRequests.request);
  const action = useAction();

  const restore = (version: number) =>
    action.run(async () => {
      await draft.save();
      if (draft.dirty) return; // the text couldn't be saved and stays on the page
      const before = draft.pending.content;
      const { restoreVersion } = await noteRequests.request(RESTORE_VERSION, { id, version }).finally(query.reload);
      draft.refresh(restoreVersion.note);
      showReplacement(t("restored"), undoing(draft, before, restoreVersion.note));
    });

  return (
    <>
      <QueryResult query={query}>
        {({ note }) => {
          const versions = note?.history.filter((version) => version.problem || textOf(content) !== textOf(version));
          return versions?.length ? (
            versions.map((version) => <VersionRow key={version.version} draft={draft} version={version} busy={action.busy} restore={() => void restore(version.version)} />)
          ) : (
            <Empty heading={t("noVersions")}>
              <p>{t("noVersionsWhy")}</p>
            </Empty>
          );
        }}
      </QueryResult>
      <ErrorMessage text={action.error} />
    </>
  );
}

/** One version. What differs is computed while it is open, since it changes with each key that is pressed in the note. */
function VersionRow({ draft, version, busy, restore }: { draft: SiteDraft; version: Version; busy: boolean; restore: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <ExactTime at={version.writtenAt} />
      </summary>
      <div class="theirs" dir="auto" tabIndex={0}>
        {version.problem || (open && noteDifference(draft.pending.content, version).map(([Kind, text]) => (Kind ? <Kind>{text}</Kind> : text)))}
      </div>
      {!version.problem && (
        <Button busy={busy} onClick={restore}>
          {t("restore")}
        </Button>
      )}
    </details>
  );
}
