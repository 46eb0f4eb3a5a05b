import { Button } from "../component/button";
import { CopyButton } from "../component/copy";
import { download } from "../component/download";
import { Section } from "../component/section";
import { t } from "./text";

/** Shows new codes once. */
export function Codes({ codes, busy = false, onKept }: { codes: string[]; busy?: boolean; onKept: () => void }) {
  const text = codes.join("\n");
  const page = `${t("codesFile")}\n\n${text}\n\n${t("codesFileHow", { address: location.origin + "/recover" })}\n`;
  return (
    <Section id="codes" heading={t("newCodes")} about={t("newCodesAbout", { button: t("savedThem") })}>
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
          busy={busy}
          onClick={onKept}
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
