import { useState } from "preact/hooks";
import { useAnswer } from "../graphql/answer";
import { Heading } from "../page/heading";
import { Button } from "../part/button";
import { useAct } from "../part/act";
import { Choice, Field } from "../part/field";
import { Section } from "../part/section";
import { Answered } from "../part/state";
import { Value } from "../part/value";
import { Code } from "./code";
import { INSTALLATION } from "./documents";
import { installed, type Installation } from "./installed";
import type { Inside } from "./inside";
import { frameOrigin } from "./place";
import { snippets } from "./snippets";
import { Checks, type Check } from "./tester";

/** The installation page: the snippet, and a check of it. */
export function Install({ tenant }: Inside) {
  const answer = useAnswer(INSTALLATION, { tenant });
  const [way, setWay] = useState("HTML");
  const snippet = snippets(tenant).find(({ name }) => name === way)!;
  return (
    <>
      <Heading text="Install" />
      <Answered answer={answer}>
        {({ tenant: now }) => (
          <>
            <Steps tenant={tenant} now={now} />
            <Section heading="The snippet" about={snippet.about}>
              <Choice label="For" value={way} options={snippets(tenant).map(({ name }) => ({ value: name, label: name }))} onChange={setWay} />
              {snippet.parts.map(({ of, text }) => (
                <Code key={of} of={of} text={text} />
              ))}
            </Section>
            <Section heading="Your Content-Security-Policy" about="Add these if your pages send one. We load nothing else.">
              <Code of="policy" text={`script-src ${frameOrigin};\nframe-src ${frameOrigin};`} />
            </Section>
            <Section heading="Check my installation" about="Enter the address of a page that has the snippet.">
              <Installed now={now} />
            </Section>
          </>
        )}
      </Answered>
    </>
  );
}

/** The installation steps, in order. */
function Steps({ tenant, now }: { tenant: string; now: Installation }) {
  const base = `/console/${tenant}`;
  return (
    <>
      {now.suspended && (
        <p class="offline" role="status">
          <strong>This tenant is suspended.</strong> Nobody can use its widget until the operator resumes it. Visitors can still open their notes at <a href="/account">/account</a>.
        </p>
      )}
      <ol class="steps">
        <li data-done={now.embedOrigins.length > 0}>
          <a href={`${base}/origins`}>List the origins of your site</a>
          <span class="quiet">{now.embedOrigins.length === 0 ? "None yet: no page can show the widget." : `${now.embedOrigins.length} listed`}</span>
        </li>
        <li>
          Paste the snippet below<span class="quiet">Visitors can then write notes with a passkey.</span>
        </li>
        <li data-done={now.assertionKeys.some((key) => !key.revokedAt)}>
          <a href={`${base}/keys`}>Identify logged-in visitors</a>
          <span class="quiet">Optional. Your backend signs who the visitor is, and visitors can link that to their notes.</span>
        </li>
      </ol>
      <p class="quiet">
        Tenant key <Value text={tenant} of="tenant key" />
      </p>
    </>
  );
}

function Installed({ now }: { now: Installation }) {
  const act = useAct();
  const [page, setPage] = useState(now.embedOrigins[0] ?? "");
  const [checks, setChecks] = useState<Check[] | null>(null);
  return (
    <>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(async () => setChecks(await installed(page.trim(), now)));
        }}
      >
        <Field
          label="Address of a page"
          code
          value={page}
          placeholder="https://www.your.example/article"
          autocomplete="off"
          onInput={(value) => {
            setPage(value);
            setChecks(null);
          }}
        />
        <Button type="submit" busy={act.busy}>
          Check
        </Button>
      </form>
      <div role="status">{checks && <Checks checks={checks} />}</div>
    </>
  );
}
