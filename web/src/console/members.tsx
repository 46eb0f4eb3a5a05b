import { useState } from "preact/hooks";
import { useQuery } from "../graphql/query";
import { request } from "../graphql/request";
import { focusHeading, Heading } from "../page/heading";
import { navigate } from "../page/navigation";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { askConfirmation } from "../component/dialog";
import { Choice } from "../component/field";
import { Row, Rows } from "../component/rows";
import { QueryResult, ErrorMessage } from "../component/state";
import { showToast } from "../component/toast";
import { DeleteTenant } from "./delete_tenant";
import { CHANGE_ROLE, MEMBERS, REMOVE_MEMBER, TRANSFER_TENANT, type Member, type Role } from "./documents";
import { Invitations } from "./invitations";
import { roleOptions, roles } from "./roles";
import type { TenantPageProps } from "./tenant_page";
import { ExposedSecrets } from "./exposed_secrets";

/** The tenant's members and open invitations. */
export function Members({ tenant, owner, memberId, onlyOwner, reload: reloadViewer }: TenantPageProps) {
  const query = useQuery(MEMBERS, { tenant });
  const [removed, setRemoved] = useState<Member | null>(null);
  const reload = async () => void (await Promise.all([query.reload(), reloadViewer()])); // the viewer's own role may have changed
  const leave = async () => {
    await reloadViewer(); // first: no page of the tenant can be read any more
    navigate("/console");
  };
  return (
    <>
      <Heading text="Members" />
      <p class="about">Owners can do everything. Admins can do everything except manage members. Viewers can see everything and test assertions.</p>
      <QueryResult query={query}>
        {({ tenant: { name, members, invitations } }) => (
          <>
            <Rows label="Members">
              {members.map((member) => (
                <MemberCard key={member.id + member.role} tenant={tenant} owner={owner} memberId={memberId} onlyOwner={onlyOwner} of={member} reload={reload} onRemoved={setRemoved} onLeft={leave} />
              ))}
            </Rows>
            {removed && removed.role !== "VIEWER" && <ExposedSecrets key={removed.id} tenant={tenant} name={removed.displayName} />}
            <Invitations tenant={tenant} owner={owner} list={invitations} reload={query.reload} />
            {owner && <DeleteTenant tenant={tenant} name={name} reload={reloadViewer} />}
          </>
        )}
      </QueryResult>
    </>
  );
}

interface MemberCardProps {
  tenant: string;
  owner: boolean;
  memberId: string;
  onlyOwner: boolean;
  of: Member;
  reload: () => Promise<void>;
  onRemoved: (member: Member) => void;
  /** Called when the viewer has left the tenant. */
  onLeft: () => Promise<void>;
}

function MemberCard({ tenant, owner, memberId, onlyOwner, of, reload, onRemoved, onLeft }: MemberCardProps) {
  const action = useAction();
  const self = of.id === memberId;
  const [role, setRole] = useState(of.role);
  const changeRole = async () => {
    if (self) {
      const yes = await askConfirmation({ heading: `Become ${withArticle[role]}?`, text: "You can’t undo this yourself: another owner would have to.", button: "Change my role" });
      if (!yes) return;
    }
    await request(CHANGE_ROLE, { tenant, id: of.id, role });
    await reload();
    if (of.role !== "VIEWER" && role === "VIEWER") onRemoved(of);
    showToast(`${of.displayName} is now ${withArticle[role]}`);
    focusHeading();
  };
  const transfer = async () => {
    const yes = await askConfirmation({ heading: `Transfer this tenant to ${of.displayName}?`, text: "They become an owner, and you become an admin.", button: "Transfer" });
    if (!yes) return;
    await request(TRANSFER_TENANT, { tenant, to: of.id, from: memberId });
    await reload();
    showToast(`${of.displayName} owns this tenant now`);
    focusHeading();
  };
  const remove = async () => {
    const yes = await askConfirmation(
      self
        ? { heading: "Leave this tenant?", text: "You lose access to it, and your invitations end. This doesn’t affect your own notes.", button: "Leave" }
        : { heading: `Remove ${of.displayName}?`, text: "They lose access to this tenant, and their invitations end. This doesn’t affect their own notes.", button: "Remove" },
    );
    if (!yes) return;
    await request(REMOVE_MEMBER, { tenant, id: of.id });
    if (self) {
      await onLeft();
      return;
    }
    await reload();
    onRemoved(of);
    showToast(`${of.displayName} was removed`);
    focusHeading();
  };
  const mayLeave = self && !onlyOwner;
  return (
    <Row
      title={
        <>
          <bdi>{of.displayName}</bdi> <span class="mark">{roles[of.role]}</span>
        </>
      }
      facts={<code>{of.id}</code>}
      actions={
        (mayLeave || (owner && !self)) && (
          <>
            {owner && <Choice label={`Role of ${of.displayName}`} value={role} options={roleOptions} onChange={(value) => setRole(value as Role)} />}
            {owner && role !== of.role && (
              <Button label={`Change the role of ${of.displayName}`} busy={action.busy} onClick={() => void action.run(changeRole)}>
                Change
              </Button>
            )}
            {owner && !self && (
              <Button label={`Transfer to ${of.displayName}`} busy={action.busy} onClick={() => void action.run(transfer)}>
                Transfer
              </Button>
            )}
            {self ? (
              <Button busy={action.busy} onClick={() => void action.run(remove)}>
                Leave
              </Button>
            ) : (
              <Button label={`Remove ${of.displayName}`} busy={action.busy} onClick={() => void action.run(remove)}>
                Remove
              </Button>
            )}
          </>
        )
      }
    >
      <ErrorMessage text={action.error} />
    </Row>
  );
}

const withArticle: Record<Role, string> = { OWNER: "an owner", ADMIN: "an admin", VIEWER: "a viewer" };
