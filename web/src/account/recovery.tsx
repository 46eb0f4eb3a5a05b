import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { focusHeading, Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { askConfirmation } from "../component/dialog";
import { QueryResult, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { RefusedError } from "../http/post";
import type { FreshCodes } from "../encryption/recovery_codes";
import { Codes } from "./codes";
import { RECOVERY } from "./documents";
import { loadEncryption } from "./load_encryption";
import { t } from "./text";

/** The recovery codes. */
export function Recovery({ sealed }: { sealed: boolean }) {
  const query = useQuery(RECOVERY);
  const [fresh, setFresh] = useState<FreshCodes | null>(null);
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
    const { makeRecoveryCodes } = await loadEncryption();
    setFresh(await makeRecoveryCodes(sealed));
    focusHeading("codes");
  };
  // A person who leaves the page before has neither codes that they didn't save nor lost the ones that they have.
  const save = async (codes: FreshCodes) => {
    try {
      await codes.store();
    } catch (error) {
      if (error instanceof RefusedError && error.code === "CODES_OUTDATED") setFresh(null);
      throw error;
    }
    setFresh(null);
    showToast(t("codesWork"));
    focusHeading();
    await query.reload();
  };

  return (
    <>
      <Heading text={t("recoveryCodes")} />
      <p class="about">{t("codesAbout")}</p>
      {fresh && <Codes codes={fresh.codes} busy={action.busy} onKept={() => void action.run(() => save(fresh))} />}
      <QueryResult query={query}>
        {({ viewer: { recoveryCodesLeft: left } }) => (
          <>
            {!fresh && (
              <p>{left === 0 ? t("noCodes") : t("codes", { count: left })}</p>
            )}
            <ErrorMessage text={action.error} />
            {!fresh && (
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
