import { useState } from "preact/hooks";
import { request } from "../graphql/request";
import { focusHeading } from "../page/heading";
import { useAction } from "../component/action";
import { Button } from "../component/button";
import { Choice } from "../component/field";
import { RelativeTime } from "../component/time";
import { Row, Rows } from "../component/rows";
import { Section } from "../component/section";
import { showToast } from "../component/toast";
import { ErrorMessage } from "../component/state";
import { Secret } from "../component/copy";
import { INVITE_MEMBER, WITHDRAW_INVITATION, type PendingInvitation, type Role } from "./documents";
import { roleOptions, roles } from "./roles";

interface Props {
  tenant: string;
  owner: boolean;
  list: PendingInvitation[];
  reload: () => Promise<void>;
}

/** The open invitations, and for owners a form that makes one. */
export function Invitations({ tenant, owner, list, reload }: Props) {
  return (
    <>
      {list.length > 0 && (
        <Section heading="Open invitations">
          <Rows label="Open invitations">
            {list.map((invitation) => (
              <Card key={invitation.id} tenant={tenant} owner={owner} of={invitation} reload={reload} />
            ))}
          </Rows>
        </Section>
      )}
      {owner && <Invite tenant={tenant} reload={reload} />}
    </>
  );
}

function Card({ tenant, owner, of, reload }: { tenant: string; owner: boolean; of: PendingInvitation; reload: () => Promise<void> }) {
  const action = useAction();
  const withdraw = async () => {
    await request(WITHDRAW_INVITATION, { tenant, id: of.id });
    await reload();
    showToast("The invitation was withdrawn");
    focusHeading();
  };
  return (
    <Row
      title={`Invitation as ${roles[of.role].toLowerCase()}`}
      facts={
        <>
          <span>
            By <bdi>{of.invitedBy}</bdi>
          </span>
          <span>
            Expires <RelativeTime at={of.expiresAt} />
          </span>
          <code>{of.id}</code>
        </>
      }
      actions={
        owner && (
          <Button label={`Withdraw ${of.id}`} busy={action.busy} onClick={() => void action.run(withdraw)}>
            Withdraw
          </Button>
        )
      }
    >
      <ErrorMessage text={action.error} />
    </Row>
  );
}

function Invite({ tenant, reload }: { tenant: string; reload: () => Promise<void> }) {
  const action = useAction();
  const [role, setRole] = useState<Role>("ADMIN");
  const [invitation, setInvitation] = useState<{ url: string; expiresAt: string } | null>(null);
  const invite = async () => {
    setInvitation((await request(INVITE_MEMBER, { tenant, role })).inviteMember);
    await reload();
  };
  return (
    <Section heading="Invite someone" about="You get a link to send in a way that you trust. It works once, for seven days.">
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(invite);
        }}
      >
        <Choice label="Role" value={role} options={roleOptions} onChange={(value) => setRole(value as Role)} />
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
