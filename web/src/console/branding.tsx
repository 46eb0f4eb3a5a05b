import { useState } from "preact/hooks";
import { useAnswer } from "../graphql/answer";
import { ask } from "../graphql/ask";
import { Heading } from "../page/heading";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { Field } from "../part/field";
import { Section } from "../part/section";
import { Answered } from "../part/state";
import { say } from "../part/toast";
import { Trouble } from "../part/trouble";
import { contrast, isColor } from "./contrast";
import { BRANDING, UPDATE_TENANT } from "./documents";
import type { Inside } from "./inside";
import { Preview } from "./preview";
import { Checks } from "./tester";

/** The branding page. It calls `onRename` after a change, since the name may have changed. */
export function BrandingPlace({ tenant, admin, onRename }: Inside & { onRename: () => Promise<void> }) {
  const answer = useAnswer(BRANDING, { tenant });
  return (
    <>
      <Heading text="Branding" />
      <p class="about">How visitors see you in the widget and in the sign-in window. The window always says that it belongs to Aside.</p>
      <Answered answer={answer}>
        {({ tenant: { name, branding } }) => (
          <Form
            tenant={tenant}
            admin={admin}
            now={{ name, brandName: branding.name ?? "", accent: branding.accent ?? "" }}
            reload={async () => void (await Promise.all([answer.reload(), onRename()]))}
          />
        )}
      </Answered>
    </>
  );
}

interface Look {
  name: string;
  brandName: string;
  accent: string;
}

function Form({ tenant, admin, now, reload }: { tenant: string; admin: boolean; now: Look; reload: () => Promise<void> }) {
  const act = useAct();
  const [wanted, setWanted] = useState(now);
  const change = (part: Partial<Look>) => {
    setWanted((before) => ({ ...before, ...part }));
    act.clear();
  };
  const save = async () => {
    await ask(UPDATE_TENANT, { input: { tenant, ...wanted } });
    await reload();
    say("Saved");
  };
  const wrong = (field: string) => (act.field === field ? act.trouble : "");
  const accent = isColor(wanted.accent) ? wanted.accent : "";
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(save);
        }}
      >
        <Field label="Name" value={wanted.name} maxLength={80} autocomplete="off" hint="Used in this console and in commands." error={wrong("name")} onInput={(name) => change({ name })} />
        <Field
          label="Name for visitors"
          value={wanted.brandName}
          maxLength={80}
          autocomplete="off"
          placeholder={wanted.name}
          hint="If visitors know you by another name. Leave it empty to use the name above."
          error={wrong("brandName")}
          onInput={(brandName) => change({ brandName })}
        />
        <div class="color">
          <Field
            label="Accent color"
            code
            value={wanted.accent}
            maxLength={7}
            autocomplete="off"
            placeholder="#2f5d50"
            hint="Used for the main button and for markers. Leave it empty to use green."
            error={wrong("accent")}
            onInput={(text) => change({ accent: text.trim() })}
          />
          <input type="color" aria-label="Choose the accent color" value={accent || "#2f5d50"} onInput={(event) => change({ accent: event.currentTarget.value })} />
        </div>
        {accent && <Contrast accent={accent} />}
        <Trouble text={act.field ? "" : act.trouble} />
        {admin && (
          <div class="acts more">
            <Button kind="first" type="submit" busy={act.busy}>
              Save branding
            </Button>
          </div>
        )}
      </form>
      <Section heading="Preview" about="The real widget with sample notes.">
        <div class="previews">
          <Preview theme="light" name={wanted.brandName || wanted.name} accent={accent} />
          <Preview theme="dark" name={wanted.brandName || wanted.name} accent={accent} />
        </div>
      </Section>
    </>
  );
}

function Contrast({ accent }: { accent: string }) {
  const text = contrast(accent, "#ffffff") >= contrast(accent, "#000000") ? "#ffffff" : "#000000";
  const on = (paper: string) => contrast(accent, paper);
  const ratio = (value: number) => value.toFixed(1) + ":1";
  const mark = (name: string, paper: string) => ({
    name,
    ok: true,
    detail: on(paper) >= 3 ? `The contrast of markers is ${ratio(on(paper))}.` : `The contrast of markers would be ${ratio(on(paper))}, less than 3:1, so the widget uses a ${paper === "#ffffff" ? "darker" : "lighter"} shade there.`,
  });
  return (
    <Checks
      checks={[
        { name: "Button text", ok: contrast(accent, text) >= 4.5, detail: `${text === "#ffffff" ? "White" : "Black"} text has a contrast of ${ratio(contrast(accent, text))}; the minimum is 4.5:1.` },
        mark("On a light background", "#ffffff"),
        mark("On a dark background", "#17181a"),
      ]}
    />
  );
}
