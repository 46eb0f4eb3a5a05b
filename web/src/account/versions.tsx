import { noteDifference } from "../../../widget/src/extras/difference";
import { Button } from "../component/button";
import { useAction } from "../component/action";
import { Empty, ErrorMessage, QueryResult } from "../component/state";
import { ExactTime } from "../component/time";
import { showToast } from "../component/toast";
import { useQuery } from "../graphql/query";
import { RESTORE_VERSION, VERSIONS } from "./documents";
import type { SiteDraft } from "./draft";
import { noteRequests } from "./note_requests";
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
      showToast(t("restored"), () => draft.replace(before));
    });

  return (
    <>
      <QueryResult query={query}>
        {({ note }) => {
          const versions = note?.history.map((version) => ({ version, parts: noteDifference(content, version) })).filter(({ parts }) => parts.length);
          return versions?.length ? (
            versions.map(({ version, parts }) => (
              <details key={version.version}>
                <summary>
                  <ExactTime at={version.writtenAt} />
                </summary>
                <div class="theirs" dir="auto" tabIndex={0}>
                  {parts.map(([Kind, text]) => (Kind ? <Kind>{text}</Kind> : text))}
                </div>
                <Button busy={action.busy} onClick={() => void restore(version.version)}>
                  {t("restore")}
                </Button>
              </details>
            ))
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
