// The console, where a company sets up its tenant.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { AuditLog } from "./console/audit_log";
import { BrandingPage } from "./console/branding";
import { VIEWER, type Viewer } from "./console/documents";
import { invitation, InvitationPage } from "./console/invitation";
import { NewTenant } from "./console/new_tenant";
import type { TenantPageProps } from "./console/tenant_page";
import { Install } from "./console/install";
import { AssertionKeys } from "./console/assertion_keys";
import { Members } from "./console/members";
import { roles } from "./console/roles";
import { Origins } from "./console/origins";
import { explorer, selfServe } from "./console/config";
import { PolicyPage } from "./console/policy";
import { ServerKeys } from "./console/server_keys";
import { UsagePage } from "./console/usage";
import { Webhooks } from "./console/webhooks";
import { useQuery } from "./graphql/query";
import { Heading } from "./page/heading";
import { Page } from "./page/page";
import { navigate, usePath } from "./page/navigation";
import { start } from "./page/start";
import { Choice } from "./component/field";
import { QueryResult, Empty } from "./component/state";
import { SignedInAs } from "./session/sign_out";

const pages = [
  { path: "", name: "Install" },
  { path: "/origins", name: "Embed origins" },
  { path: "/keys", name: "Assertion keys" },
  { path: "/server-keys", name: "Server keys" },
  { path: "/webhooks", name: "Webhooks" },
  { path: "/policy", name: "Policy" },
  { path: "/branding", name: "Branding" },
  { path: "/usage", name: "Usage" },
  { path: "/audit", name: "Audit log" },
  { path: "/members", name: "Members" },
];

function Console() {
  const query = useQuery(VIEWER);
  return <QueryResult query={query}>{({ viewer }) => <SignedIn viewer={viewer} reload={query.reload} />}</QueryResult>;
}

function SignedIn({ viewer, reload }: { viewer: Viewer; reload: () => Promise<void> }) {
  const [invited, setInvited] = useState(invitation !== "");
  const [key = viewer.tenants[0]?.tenant.id ?? "", page = ""] = usePath("/console");
  const membership = viewer.tenants.find(({ tenant }) => tenant.id === key);
  const account = <SignedInAs name={viewer.displayName} />;
  if (invited || key === "new" || viewer.tenants.length === 0 || !membership) {
    return (
      <Page label="Console" pages={[]} current="" account={account} above={<TenantChoice viewer={viewer} current={key} />} below={<Documentation />}>
        {invited ? (
          <InvitationPage displayName={viewer.displayName} reload={reload} onDone={() => setInvited(false)} />
        ) : key === "new" || viewer.tenants.length === 0 ? (
          <NewTenant first={viewer.tenants.length === 0} reload={reload} />
        ) : (
          <NotFound>You don’t have access to this tenant.</NotFound>
        )}
      </Page>
    );
  }
  const base = "/console/" + key;
  const props: TenantPageProps = { tenant: key, admin: membership.role !== "VIEWER", owner: membership.role === "OWNER", memberId: membership.memberId, onlyOwner: membership.onlyOwner, reload };
  return (
    <Page
      label={membership.tenant.name}
      pages={pages.map(({ path, name }) => ({ path: base + path, name }))}
      current={page ? `${base}/${page}` : base}
      account={account}
      above={<TenantChoice viewer={viewer} current={key} />}
      below={<Documentation of={pages.find(({ path }) => path === (page && "/" + page))?.name} />}
    >
      <div key={key + page}>{renderPage(page, props)}</div>
    </Page>
  );
}

function renderPage(page: string, props: TenantPageProps): ComponentChildren {
  switch (page) {
    case "":
      return <Install {...props} />;
    case "origins":
      return <Origins {...props} />;
    case "keys":
      return <AssertionKeys {...props} />;
    case "server-keys":
      return <ServerKeys {...props} />;
    case "webhooks":
      return <Webhooks {...props} />;
    case "policy":
      return <PolicyPage {...props} />;
    case "branding":
      return <BrandingPage {...props} />;
    case "usage":
      return <UsagePage {...props} />;
    case "audit":
      return <AuditLog {...props} />;
    case "members":
      return <Members {...props} />;
    default:
      return <NotFound>There is no page at this address.</NotFound>;
  }
}

function NotFound({ children }: { children: string }) {
  return (
    <>
      <Heading text="Page not found" />
      <Empty heading={children}>
        <a href="/console">Go to the console</a>
      </Empty>
    </>
  );
}

/** Links to the documentation of a page, which has a section of its name, and to the explorer on a server for development. */
function Documentation({ of }: { of?: string | undefined }) {
  return (
    <p class="documentation">
      <a href={"/docs/console" + (of ? "#" + of.toLowerCase().replaceAll(" ", "-") : "")}>Documentation</a>
      {explorer && (
        <a href="/console/explorer" target="_self">
          GraphQL explorer
        </a>
      )}
    </p>
  );
}

/** The choice of the tenant. */
function TenantChoice({ viewer, current }: { viewer: Viewer; current: string }) {
  if (viewer.tenants.length === 0) return null;
  const options = viewer.tenants.map(({ tenant }) => ({ value: tenant.id, label: tenant.name }));
  const role = viewer.tenants.find(({ tenant }) => tenant.id === current)?.role;
  if (selfServe) options.push({ value: "new", label: "New tenant…" });
  if (!options.some(({ value }) => value === current)) options.unshift({ value: current, label: "Choose a tenant" });
  return (
    <div class="tenants">
      <Choice label="Tenant" value={current} options={options} onChange={(value) => navigate("/console/" + value)} />
      {role && <p class="quiet">You are {role === "VIEWER" ? "a viewer" : `an ${roles[role].toLowerCase()}`} here.</p>}
    </div>
  );
}

start("Set up your company’s widget: origins, keys, branding and usage.", <Console />);
