import { useState, useEffect, useRef } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Field } from "../component/field";
import { Section } from "../component/section";
import { QueryResult, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { contrast, isColor } from "./accent";
import { BRANDING, UPDATE_TENANT } from "./documents";
import type { TenantPageProps } from "./tenant_page";
import { Checks } from "./checks";
import { frameOrigin } from "./config";
import { Settings } from "./settings";

/** The branding page. */
export function BrandingPage({ tenant, admin, reload }: TenantPageProps) {
  const query = useQuery(BRANDING, { tenant });
  return (
    <>
      <Heading text="Branding" />
      <p class="about">How visitors see you in the widget and in the sign-in window. The window always says that it belongs to Aside.</p>
      <QueryResult query={query}>
        {({ tenant: { name, branding } }) => (
          <BrandingForm
            tenant={tenant}
            admin={admin}
            now={{ name, brandName: branding.name ?? "", accent: branding.accent ?? "" }}
            reload={async () => void (await Promise.all([query.reload(), reload()]))}
          />
        )}
      </QueryResult>
    </>
  );
}

interface Branding {
  name: string;
  brandName: string;
  accent: string;
}

function BrandingForm({ tenant, admin, now, reload }: { tenant: string; admin: boolean; now: Branding; reload: () => Promise<void> }) {
  const action = useAction();
  const [values, setValues] = useState(now);
  const change = (part: Partial<Branding>) => {
    setValues((before) => ({ ...before, ...part }));
    action.clear();
  };
  const save = async () => {
    await request(UPDATE_TENANT, { input: { tenant, ...values } });
    await reload();
    showToast("Saved");
  };
  const wrong = (field: string) => (action.field === field ? action.error : "");
  const accent = isColor(values.accent) ? values.accent : "";
  const form = () => (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void action.run(save);
      }}
    >
      <Field label="Name" value={values.name} maxLength={80} autocomplete="off" hint="Used in this console and in commands." error={wrong("name")} onInput={(name) => change({ name })} />
      <Field
        label="Name for visitors"
        value={values.brandName}
        maxLength={80}
        autocomplete="off"
        placeholder={values.name}
        hint="If visitors know you by another name. Leave it empty to use the name above."
        error={wrong("brandName")}
        onInput={(brandName) => change({ brandName })}
      />
      <div class="color">
        <Field
          label="Accent color"
          code
          value={values.accent}
          maxLength={7}
          autocomplete="off"
          placeholder="#2f5d50"
          hint="The color of the main button and of markers, in light and dark mode. Leave it empty to use green."
          error={wrong("accent")}
          onInput={(text) => change({ accent: text.trim() })}
        />
        <input type="color" aria-label="Choose the accent color" value={accent || "#2f5d50"} onInput={(event) => change({ accent: event.currentTarget.value })} />
      </div>
      {accent && <Contrast accent={accent} />}
      <ErrorMessage text={action.field ? "" : action.error} />
      <div class="acts more">
        <Button kind="first" type="submit" busy={action.busy}>
          Save branding
        </Button>
      </div>
    </form>
  );
  return (
    <>
      {admin ? (
        form()
      ) : (
        <Settings list={[["Name", now.name], ["Name for visitors", now.brandName || now.name], ["Accent color", now.accent ? <code>{now.accent}</code> : "Green, the default"]]} />
      )}
      <Section heading="Preview" about="The real widget with sample notes.">
        <div class="previews">
          <Preview theme="light" name={values.brandName || values.name} accent={accent} />
          <Preview theme="dark" name={values.brandName || values.name} accent={accent} />
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
    detail: `The contrast of the button is ${ratio(on(paper))}` + (on(paper) < 3 ? ", less than 3:1, so it gets a gray edge." : "."),
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

/**
 * The real widget with the tenant's name and color and sample notes (widget/preview.go). The fragment of its address sets its
 * look, so a change needs no request and no message.
 */
function Preview({ theme, name, accent }: { theme: "light" | "dark"; name: string; accent: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const address = `${frameOrigin}/preview#${new URLSearchParams({ theme, name, accent })}`;
  const [first] = useState(address);
  const shown = useRef(first);

  useEffect(() => {
    if (shown.current === address) return;
    shown.current = address;
    frame.current?.contentWindow?.location.replace(address); // adds no history entry
  }, [address]);

  return (
    <div class="preview" inert>
      <iframe ref={frame} src={first} title={`Widget preview for ${name}, ${theme}`} />
    </div>
  );
}
