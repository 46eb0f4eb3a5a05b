import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { focusHeading, Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { CopyButton } from "../component/copy";
import { askConfirmation } from "../component/dialog";
import { download } from "../component/download";
import { Section } from "../component/section";
import { QueryResult, ErrorMessage } from "../component/state";
import { RECOVERY, REGENERATE } from "./documents";
import { t } from "./text";

/** The recovery codes. */
export function Recovery() {
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
    setCodes((await request(REGENERATE)).regenerateRecoveryCodes);
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

function Codes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const text = codes.join("\n");
  const page = `${t("codesFile")}\n\n${text}\n\n${t("codesFileHow", { address: location.origin + "/recover" })}\n`;
  return (
    <Section id="codes" heading={t("newCodes")} about={t("newCodesAbout")}>
      <ol class="codes" aria-label={t("recoveryCodes")}>
        {codes.map((code) => (
          <li key={code}>
            <code>
              {halves(code).map((half) => (
                <span key={half}>{half}</span>
              ))}
            </code>
          </li>
        ))}
      </ol>
      <div class="acts">
        <CopyButton text={text} of={t("codesOf")} />
        <Button kind="plain" onClick={() => download("aside-recovery-codes.txt", new Blob([page], { type: "text/plain" }))}>
          {t("download")}
        </Button>
        <Button kind="plain" onClick={() => print()}>
          {t("print")}
        </Button>
        <Button
          kind="first"
          onClick={() => {
            onKept();
            focusHeading();
          }}
        >
          {t("savedThem")}
        </Button>
      </div>
    </Section>
  );
}

/** Splits a code into two halves, so that a narrow screen breaks it in the middle. */
function halves(code: string): string[] {
  const groups = code.split("-");
  const middle = Math.ceil(groups.length / 2);
  return [groups.slice(0, middle).join("-") + "-", groups.slice(middle).join("-")];
}
