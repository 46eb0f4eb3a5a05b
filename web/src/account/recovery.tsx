import { useState } from "preact/hooks";
import { useAnswer } from "../graphql/answer";
import { ask } from "../graphql/ask";
import { focusHeading, Heading } from "../page/heading";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { Copy } from "../part/copy";
import { sure } from "../part/dialog";
import { download } from "../part/download";
import { Section } from "../part/section";
import { Answered } from "../part/state";
import { Trouble } from "../part/trouble";
import { RECOVERY, REGENERATE } from "./documents";

/** The recovery codes. */
export function Recovery() {
  const answer = useAnswer(RECOVERY);
  const [codes, setCodes] = useState<string[] | null>(null);
  const act = useAct();
  const make = async (left: number) => {
    if (left > 0) {
      const yes = await sure({
        heading: "Replace your recovery codes?",
        text: left === 1 ? "Your remaining code will stop working." : `Your ${left} remaining codes will stop working.`,
        act: "Replace",
      });
      if (!yes) return;
    }
    setCodes((await ask(REGENERATE)).regenerateRecoveryCodes);
    focusHeading("codes");
    await answer.reload();
  };

  return (
    <>
      <Heading text="Recovery codes" />
      <p class="about">
        Each code lets you create a new passkey once, if you lose the others. Keep the codes in a safe place: anyone who has one can open your account.
      </p>
      {codes && <Codes codes={codes} onKept={() => setCodes(null)} />}
      <Answered answer={answer}>
        {({ viewer: { recoveryCodesLeft: left } }) => (
          <>
            {!codes && (
              <p>
                {left === 0 ? "You have no recovery codes." : left === 1 ? "You have one code left." : <>You have {left} codes left.</>}
              </p>
            )}
            <Trouble text={act.trouble} />
            {!codes && (
              <div class="acts more">
                <Button kind={left === 0 ? "first" : undefined} busy={act.busy} onClick={() => void act.run(() => make(left))}>
                  {left === 0 ? "Create recovery codes" : "Replace codes"}
                </Button>
              </div>
            )}
          </>
        )}
      </Answered>
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
        <Copy text={text} of="the codes" />
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
