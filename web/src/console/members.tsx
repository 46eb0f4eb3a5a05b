import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { focusHeading, Heading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { askConfirmation } from "../component/dialog";
import { Choice } from "../component/field";
import { RelativeTime } from "../component/time";
import { Row, Rows } from "../component/rows";
import { Section } from "../component/section";
import { QueryResult, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { Secret } from "../component/copy";
import { INVITE_MEMBER, MEMBERS, REMOVE_MEMBER, type Member, type Role } from "./documents";
import type { TenantPageProps } from "./tenant_page";
import { ExposedSecrets } from "./exposed_secrets";

export const roles: Record<Role, string> = { OWNER: "Owner", ADMIN: "Admin", VIEWER: "Viewer" };

/** The tenant's members. */
export function Members({ tenant, owner }: TenantPageProps) {
  const query = useQuery(MEMBERS, { tenant });
  const [removed, setRemoved] = useState<Member | null>(null);
  return (
    <>
      <Heading text="Members" />
      <p class="about">Owners can do everything. Admins can do everything except manage members. Viewers can see everything and test assertions.</p>
      <QueryResult query={query}>
        {({ tenant: { members } }) => (
          <>
            <Rows label="Members">
              {members.map((member) => (
                <MemberCard key={member.id} tenant={tenant} owner={owner} of={member} reload={query.reload} onRemoved={setRemoved} />
              ))}
            </Rows>
            {removed && removed.role !== "VIEWER" && <ExposedSecrets key={removed.id} tenant={tenant} name={removed.displayName} />}
            {owner && <InviteMember tenant={tenant} />}
          </>
        )}
      </QueryResult>
    </>
  );
}

interface MemberCardProps {
  tenant: string;
  owner: boolean;
  of: Member;
  reload: () => Promise<void>;
  onRemoved: (member: Member) => void;
}

function MemberCard({ tenant, owner, of, reload, onRemoved }: MemberCardProps) {
  const action = useAction();
  const remove = async () => {
    const yes = await askConfirmation({ heading: `Remove ${of.displayName}?`, text: "They lose access to this tenant, and their invitations end. This doesn’t affect their own notes.", button: "Remove" });
    if (!yes) return;
    await request(REMOVE_MEMBER, { tenant, id: of.id });
    await reload();
    onRemoved(of);
    showToast(`${of.displayName} was removed`);
    focusHeading();
  };
  return (
    <Row
      title={
        <>
          <bdi>{of.displayName}</bdi> <span class="mark">{roles[of.role]}</span>
        </>
      }
      facts={<code>{of.id}</code>}
      actions={
        owner && (
          <Button label={`Remove ${of.displayName}`} busy={action.busy} onClick={() => void action.run(remove)}>
            Remove
          </Button>
        )
      }
    >
      <ErrorMessage text={action.error} />
    </Row>
  );
}

function InviteMember({ tenant }: { tenant: string }) {
  const action = useAction();
  const [role, setRole] = useState<Role>("ADMIN");
  const [invitation, setInvitation] = useState<{ url: string; expiresAt: string } | null>(null);
  const invite = async () => setInvitation((await request(INVITE_MEMBER, { tenant, role })).inviteMember);
  return (
    <Section heading="Invite someone" about="You get a link to send in a way that you trust. It works once, for seven days.">
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(invite);
        }}
      >
        <Choice label="Role" value={role} options={(["OWNER", "ADMIN", "VIEWER"] as const).map((value) => ({ value, label: roles[value] }))} onChange={(value) => setRole(value as Role)} />
        <Button kind="first" type="submit" busy={action.busy}>
          Create an invitation link
        </Button>
      </form>
      <ErrorMessage text={action.error} />
      {invitation && (
        <Secret text={invitation.url} of="invitation link">
          <p class="quiet">
            It expires <RelativeTime at={invitation.expiresAt} />.
          </p>
        </Secret>
      )}
    </Section>
  );
}
