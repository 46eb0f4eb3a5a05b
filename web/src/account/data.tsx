import { readJSON, parseRefusal, sendJSON, UnreachableError } from "../http/post";
import { Heading } from "../page/heading";
import { Lazy } from "../page/lazy";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { download } from "../component/download";
import { Section } from "../component/section";
import { showToast } from "../component/toast";
import { ErrorMessage } from "../component/state";
import { withConfirmation } from "../session/confirm";
import { DeleteAccount } from "./delete_account";
import { t } from "./text";
import { loadEncryption } from "./load_encryption";
import type { Viewer } from "./documents";

/** The page that exports, imports or deletes all data. */
export function Data({ viewer: { id, sealing } }: { viewer: Viewer }) {
  return (
    <>
      <Heading text={t("data")} />
      <Export sealed={sealing !== "SERVER"} />
      <Lazy load={() => loadImport(id)} props={{ viewer: id, below: <DeleteAccount /> }} />
    </>
  );
}

async function loadImport(viewer: string) {
  const { Import, restoreLastImport } = await import("../import/import_section");
  await restoreLastImport(viewer);
  return Import;
}

function Export({ sealed }: { sealed: boolean }) {
  const action = useAction();
  const take = () =>
    action.run(async () => {
      const content = sealed ? await (await loadEncryption()).exportAccount() : await withConfirmation(async () => {
        const response = await sendJSON("/account/export", {});
        if (!response.ok) throw parseRefusal(await readJSON(response), response);
        return response.blob().catch((cause: unknown) => {
          throw new UnreachableError("half an export", { cause });
        });
      });
      download(`aside-${new Date().toISOString().slice(0, 10)}.zip`, content);
      showToast(t("exporting"));
    });
  return (
    <Section heading={t("export")} about={t("exportAbout")}>
      <ErrorMessage text={action.error} />
      <div class="acts more">
        <Button busy={action.busy} onClick={() => void take()}>
          {t("export")}
        </Button>
      </div>
    </Section>
  );
}
