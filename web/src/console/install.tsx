import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { Heading } from "../page/heading";
import { Button } from "../component/button";
import { useAction } from "../component/action";
import { Choice, Field } from "../component/field";
import { Section } from "../component/section";
import { QueryResult } from "../component/state";
import { CopyableText, Code } from "../component/copy";
import { INSTALLATION, type AssertionPolicy } from "./documents";
import { Checks, type Check } from "./checks";
import type { TenantPageProps } from "./tenant_page";
import { frameOrigin } from "./config";
import { snippets } from "./snippets";

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

interface Installation {
  suspended: boolean;
  embedOrigins: string[];
  policy: { assertion: AssertionPolicy };
  assertionKeys: { revokedAt: string | null }[];
}

/** Checks a page with the snippet, as far as the console can. */
async function checkInstallation(page: string, now: Installation): Promise<Check[]> {
  const origin = originOf(page);
  const checks: Check[] = [];
  const check = (name: string, ok: boolean, yes: string, no: string) => checks.push({ name, ok, detail: ok ? yes : no });
  check("Address", origin !== "", `Its origin is ${origin}.`, "Enter the full address of the page, as the address bar shows it: https://www.your.example/article.");
  if (!origin) return checks;
  const near = now.embedOrigins.find((listed) => hostOf(listed).replace(/^www\./, "") === hostOf(origin).replace(/^www\./, ""));
  check(
    "Embed origin",
    now.embedOrigins.includes(origin),
    "It is listed, so its pages can show the widget.",
    `It is not listed. Add ${origin} under Embed origins.${near ? ` Browsers treat the listed ${near} as another site.` : ""}`,
  );
  check("Tenant", !now.suspended, "It is not suspended.", "It is suspended, so nobody can use the widget. Ask the operator.");
  check("Loader", await loads(), `${frameOrigin}/v1/aside.js responds.`, `${frameOrigin}/v1/aside.js doesn’t respond. Check that this computer can reach it.`);
  check(
    "Assertions",
    now.policy.assertion !== "REQUIRED" || now.assertionKeys.some((key) => !key.revokedAt),
    now.policy.assertion === "REQUIRED" ? "They are required, and you have an active key." : "Visitors can sign in without one.",
    "The policy requires them, but no key is active, so nobody can sign in. Add a key or make them optional.",
  );
  return checks;
}

async function loads(): Promise<boolean> {
  try {
    return (await fetch(frameOrigin + "/v1/aside.js", { signal: AbortSignal.timeout(10_000) })).ok;
  } catch {
    return false;
  }
}

const originOf = (page: string) => (/^https?:/i.test(page) ? (parsed(page)?.origin ?? "") : "");

const hostOf = (origin: string) => parsed(origin)?.host ?? origin;

function parsed(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
