// The console, where a company sets up its tenant.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { AuditLog } from "./console/audit";
import { BrandingPlace } from "./console/branding";
import { VIEWER, type Viewer } from "./console/documents";
import { invitation, Invited, NewTenant } from "./console/first";
import type { Inside } from "./console/inside";
import { Install } from "./console/install";
import { AssertionKeys } from "./console/keys";
import { Members, roles } from "./console/members";
import { Origins } from "./console/origins";
import { selfServe } from "./console/place";
import { PolicyPlace } from "./console/policy";
import { ServerKeys } from "./console/secrets";
import { UsagePlace } from "./console/usage";
import { useAnswer } from "./graphql/answer";
import { Heading } from "./page/heading";
import { Page } from "./page/page";
import { go, usePath } from "./page/path";
import { start } from "./page/start";
import { Choice } from "./part/field";
import { Answered, Empty } from "./part/state";
import { Who } from "./session/who";

const places = [
  { path: "", name: "Install" },
  { path: "/origins", name: "Embed origins" },
  { path: "/keys", name: "Assertion keys" },
  { path: "/server-keys", name: "Server keys" },
  { path: "/policy", name: "Policy" },
  { path: "/branding", name: "Branding" },
  { path: "/usage", name: "Usage" },
  { path: "/audit", name: "Audit log" },
  { path: "/members", name: "Members" },
];

function Console() {
  const answer = useAnswer(VIEWER);
  return <Answered answer={answer}>{({ viewer }) => <Known viewer={viewer} reload={answer.reload} />}</Answered>;
}

function Known({ viewer, reload }: { viewer: Viewer; reload: () => Promise<void> }) {
  const [invited, setInvited] = useState(invitation !== "");
  const [key = viewer.tenants[0]?.tenant.id ?? "", place = ""] = usePath("/console");
  const membership = viewer.tenants.find(({ tenant }) => tenant.id === key);
  const who = <Who name={viewer.displayName} />;
  if (invited || key === "new" || viewer.tenants.length === 0 || !membership) {
    return (
      <Page label="Console" places={[]} current="" who={who} above={<Tenants viewer={viewer} current={key} />}>
        {invited ? (
          <Invited displayName={viewer.displayName} reload={reload} onDone={() => setInvited(false)} />
        ) : key === "new" || viewer.tenants.length === 0 ? (
          <NewTenant first={viewer.tenants.length === 0} reload={reload} />
        ) : (
          <Nothing>You don’t have access to this tenant.</Nothing>
        )}
      </Page>
    );
  }
  const base = "/console/" + key;
  const inside: Inside = { tenant: key, admin: membership.role !== "VIEWER", owner: membership.role === "OWNER" };
  return (
    <Page
      label={membership.tenant.name}
      places={places.map(({ path, name }) => ({ path: base + path, name }))}
      current={place ? `${base}/${place}` : base}
      who={who}
      above={<Tenants viewer={viewer} current={key} />}
    >
      <div key={key + place}>{draw(place, inside, reload)}</div>
    </Page>
  );
}

function draw(place: string, inside: Inside, reload: () => Promise<void>): ComponentChildren {
  switch (place) {
    case "":
      return <Install {...inside} />;
    case "origins":
      return <Origins {...inside} />;
    case "keys":
      return <AssertionKeys {...inside} />;
    case "server-keys":
      return <ServerKeys {...inside} />;
    case "policy":
      return <PolicyPlace {...inside} />;
    case "branding":
      return <BrandingPlace {...inside} onRename={reload} />;
    case "usage":
      return <UsagePlace {...inside} />;
    case "audit":
      return <AuditLog {...inside} />;
    case "members":
      return <Members {...inside} />;
    default:
      return <Nothing>There is no page at this address.</Nothing>;
  }
}

function Nothing({ children }: { children: string }) {
  return (
    <>
      <Heading text="Page not found" />
      <Empty heading={children}>
        <a href="/console">Go to the console</a>
      </Empty>
    </>
  );
}

/** The choice of the tenant. */
function Tenants({ viewer, current }: { viewer: Viewer; current: string }) {
  if (viewer.tenants.length === 0) return null;
  const options = viewer.tenants.map(({ tenant }) => ({ value: tenant.id, label: tenant.name }));
  const role = viewer.tenants.find(({ tenant }) => tenant.id === current)?.role;
  if (selfServe) options.push({ value: "new", label: "New tenant…" });
  if (!options.some(({ value }) => value === current)) options.unshift({ value: current, label: "Choose a tenant" });
  return (
    <div class="tenants">
      <Choice label="Tenant" value={current} options={options} onChange={(value) => go("/console/" + value)} />
      {role && <p class="quiet">You are {role === "VIEWER" ? "a viewer" : `an ${roles[role].toLowerCase()}`} here.</p>}
    </div>
  );
}

start("Set up your company’s widget: origins, keys, branding and usage.", <Console />);
