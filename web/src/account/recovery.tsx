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

/** The recovery codes. */
export function Recovery() {
  const query = useQuery(RECOVERY);
  const [codes, setCodes] = useState<string[] | null>(null);
  const action = useAction();
  const make = async (left: number) => {
    if (left > 0) {
      const yes = await askConfirmation({
        heading: "Replace your recovery codes?",
        text: left === 1 ? "Your remaining code will stop working." : `Your ${left} remaining codes will stop working.`,
        button: "Replace",
      });
      if (!yes) return;
    }
    setCodes((await request(REGENERATE)).regenerateRecoveryCodes);
    focusHeading("codes");
    await query.reload();
  };

  return (
    <>
      <Heading text="Recovery codes" />
      <p class="about">
        Each code lets you create a new passkey once, if you lose the others. Keep the codes in a safe place: anyone who has one can open your account.
      </p>
      {codes && <Codes codes={codes} onKept={() => setCodes(null)} />}
      <QueryResult query={query}>
        {({ viewer: { recoveryCodesLeft: left } }) => (
          <>
            {!codes && (
              <p>
                {left === 0 ? "You have no recovery codes." : left === 1 ? "You have one code left." : <>You have {left} codes left.</>}
              </p>
            )}
            <ErrorMessage text={action.error} />
            {!codes && (
              <div class="acts more">
                <Button kind={left === 0 ? "first" : undefined} busy={action.busy} onClick={() => void action.run(() => make(left))}>
                  {left === 0 ? "Create recovery codes" : "Replace codes"}
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
  const page = `Recovery codes for ${location.host}\n\n${text}\n\nEach code works once. Use it at ${location.origin}/recover\n`;
  return (
    <Section id="codes" heading="Your new codes" about="They are shown only once. Save them before you leave this page.">
      <ol class="codes" aria-label="Recovery codes">
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
        <CopyButton text={text} of="the codes" />
        <Button kind="plain" onClick={() => download("aside-recovery-codes.txt", new Blob([page], { type: "text/plain" }))}>
          Download
        </Button>
        <Button kind="plain" onClick={() => print()}>
          Print
        </Button>
        <Button
          kind="first"
          onClick={() => {
            onKept();
            focusHeading();
          }}
        >
          I saved them
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
