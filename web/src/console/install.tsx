import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { Heading } from "../page/heading";
import { Button } from "../component/button";
import { useAction } from "../component/action";
import { Choice, Field } from "../component/field";
import { Section } from "../component/section";
import { QueryResult } from "../component/state";
import { CopyableText } from "../component/copy";
import { Code } from "./code";
import { INSTALLATION } from "./documents";
import { checkInstallation, type Installation } from "./install_check";
import type { TenantPageProps } from "./tenant_page";
import { frameOrigin } from "./config";
import { snippets } from "./snippets";
import { Checks, type Check } from "./checks";

/** The installation page: the snippet, and a check of it. */
export function Install({ tenant }: TenantPageProps) {
  const query = useQuery(INSTALLATION, { tenant });
  const [way, setWay] = useState("HTML");
  const snippet = snippets(tenant).find(({ name }) => name === way)!;
  return (
    <>
      <Heading text="Install" />
      <QueryResult query={query}>
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
              <InstallationCheck now={now} />
            </Section>
          </>
        )}
      </QueryResult>
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
        Tenant key <CopyableText text={tenant} of="tenant key" />
      </p>
    </>
  );
}

function InstallationCheck({ now }: { now: Installation }) {
  const action = useAction();
  const [page, setPage] = useState(now.embedOrigins[0] ?? "");
  const [checks, setChecks] = useState<Check[] | null>(null);
  return (
    <>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(async () => setChecks(await checkInstallation(page.trim(), now)));
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
        <Button type="submit" busy={action.busy}>
          Check
        </Button>
      </form>
      <div role="status">{checks && <Checks checks={checks} />}</div>
    </>
  );
}
