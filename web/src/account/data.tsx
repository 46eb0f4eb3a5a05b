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

/** The page that exports, imports or deletes all data. */
export function Data({ sealed }: { sealed: boolean }) {
  return (
    <>
      <Heading text={t("data")} />
      <Export sealed={sealed} />
      <Lazy load={loadImport} props={{ below: <DeleteAccount /> }} />
    </>
  );
}

const loadImport = async () => (await import("../import/import_section")).Import;

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
