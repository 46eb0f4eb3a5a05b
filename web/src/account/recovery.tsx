import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { focusHeading, Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { askConfirmation } from "../component/dialog";
import { QueryResult, ErrorMessage } from "../component/state";
import { Codes } from "./codes";
import { RECOVERY } from "./documents";
import { loadEncryption } from "./load_encryption";
import { t } from "./text";

/** The recovery codes. */
export function Recovery({ sealed }: { sealed: boolean }) {
  const query = useQuery(RECOVERY);
  const [codes, setCodes] = useState<string[] | null>(null);
  const action = useAction();
  const make = async (left: number) => {
    if (left > 0) {
      const yes = await askConfirmation({
        heading: t("replaceAsk"),
        text: t("replaceMeans", { count: left }),
        button: t("replace"),
      });
      if (!yes) return;
    }
    const { replaceRecoveryCodes } = await loadEncryption();
    setCodes(await replaceRecoveryCodes(sealed));
    focusHeading("codes");
    await query.reload();
  };

  return (
    <>
      <Heading text={t("recoveryCodes")} />
      <p class="about">{t("codesAbout")}</p>
      {codes && <Codes codes={codes} onKept={() => setCodes(null)} />}
      <QueryResult query={query}>
        {({ viewer: { recoveryCodesLeft: left } }) => (
          <>
            {!codes && (
              <p>{left === 0 ? t("noCodes") : t("codes", { count: left })}</p>
            )}
            <ErrorMessage text={action.error} />
            {!codes && (
              <div class="acts more">
                <Button kind={left === 0 ? "first" : undefined} busy={action.busy} onClick={() => void action.run(() => make(left))}>
                  {t(left === 0 ? "createCodes" : "replaceCodes")}
                </Button>
              </div>
            )}
          </>
        )}
      </QueryResult>
    </>
  );
}
