import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { Heading } from "../page/heading";
import { Button } from "../component/button";
import { useAction } from "../component/action";
import { Choice, Field } from "../component/field";
import { Section } from "../component/section";
import { Empty, ErrorMessage, QueryResult } from "../component/state";
import { Row, Rows } from "../component/rows";
import { RelativeTime } from "../component/time";
import { CopyableText, Code } from "../component/copy";
import { CHECK_INSTALLATION, INSTALLATION, type AssertionPolicy, type LastSeen } from "./documents";
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
              <InstallationCheck tenant={tenant} now={now} />
            </Section>
            <Section heading="Where it was seen" about="What pages in visitors’ browsers last did, by origin, in the last 30 days.">
              <LastSeenList list={now.lastSeen} />
              <div class="acts more">
                <Button onClick={() => void query.reload()}>Look again</Button>
              </div>
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

function InstallationCheck({ tenant, now }: { tenant: string; now: Installation }) {
  const action = useAction();
  const [page, setPage] = useState(now.embedOrigins.find((origin) => !origin.includes("*")) ?? "");
  const [checks, setChecks] = useState<Check[] | null>(null);
  return (
    <>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(async () => setChecks(await checkInstallation(tenant, page.trim(), now)));
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
      <ErrorMessage text={action.error} />
      <div role="status">{checks && <Checks checks={checks} />}</div>
    </>
  );
}

function LastSeenList({ list }: { list: LastSeen[] }) {
  if (list.length === 0) {
    return (
      <Empty heading="Nobody has opened a page with the widget yet.">
        <p>Open a page of your own that has the snippet, then look again.</p>
      </Empty>
    );
  }
  return (
    <Rows label="Where it was seen">
      {list.map(({ embedOrigin, shownAt, signedInAt, refusedAt, refusal }) => (
        <Row
          key={embedOrigin}
          title={<code>{embedOrigin}</code>}
          facts={
            <>
              {shownAt && (
                <span>
                  Last seen <RelativeTime at={shownAt} />
                </span>
              )}
              {signedInAt && (
                <span>
                  Last sign-in <RelativeTime at={signedInAt} />
                </span>
              )}
              {refusedAt && (
                <span class="trouble">
                  Refused <RelativeTime at={refusedAt} />: {refusal}
                </span>
              )}
            </>
          }
        />
      ))}
    </Rows>
  );
}

interface Installation {
  suspended: boolean;
  embedOrigins: string[];
  policy: { assertion: AssertionPolicy; wildcardOrigins: boolean };
  assertionKeys: { revokedAt: string | null }[];
  lastSeen: LastSeen[];
}

/** Checks a page with the snippet: what our server finds on it, and what the tenant's setup says. */
async function checkInstallation(tenant: string, page: string, now: Installation): Promise<Check[]> {
  const { checks } = (await request(CHECK_INSTALLATION, { tenant, url: page })).checkInstallation;
  if (checks.length === 1) return checks; // there is no such page, so nothing else is known
  const check = (name: string, ok: boolean, yes: string, no: string) => checks.push({ name, ok, detail: ok ? yes : no });
  check(
    "Assertions",
    now.policy.assertion !== "REQUIRED" || now.assertionKeys.some((key) => !key.revokedAt),
    now.policy.assertion === "REQUIRED" ? "They are required, and you have an active key." : "Visitors can sign in without one.",
    "The policy requires them, but no key is active, so nobody can sign in. Add a key or make them optional.",
  );
  return checks;
}
