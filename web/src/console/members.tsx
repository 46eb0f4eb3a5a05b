import { useState } from "preact/hooks";
import { useAnswer } from "../graphql/answer";
import { ask } from "../graphql/ask";
import { focusHeading, Heading } from "../page/heading";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { sure } from "../part/dialog";
import { Choice } from "../part/field";
import { Moment } from "../part/moment";
import { Row, Rows } from "../part/rows";
import { Section } from "../part/section";
import { Answered } from "../part/state";
import { say } from "../part/toast";
import { Trouble } from "../part/trouble";
import { Secret } from "./code";
import { INVITE_MEMBER, MEMBERS, REMOVE_MEMBER, type Member, type Role } from "./documents";
import type { Inside } from "./inside";
import { Known } from "./known";

export const roles: Record<Role, string> = { OWNER: "Owner", ADMIN: "Admin", VIEWER: "Viewer" };

/** The tenant's members. */
export function Members({ tenant, owner }: Inside) {
  const answer = useAnswer(MEMBERS, { tenant });
  const [removed, setRemoved] = useState<Member | null>(null);
  return (
    <>
      <Heading text="Members" />
      <p class="about">Owners can do everything. Admins can do everything except manage members. Viewers can see everything and test assertions.</p>
      <Answered answer={answer}>
        {({ tenant: { members } }) => (
          <>
            <Rows label="Members">
              {members.map((member) => (
                <Card key={member.id} tenant={tenant} owner={owner} of={member} reload={answer.reload} onRemoved={setRemoved} />
              ))}
            </Rows>
            {removed && removed.role !== "VIEWER" && <Known key={removed.id} tenant={tenant} name={removed.displayName} />}
            {owner && <Invite tenant={tenant} />}
          </>
        )}
      </Answered>
    </>
  );
}

interface CardProps {
  tenant: string;
  owner: boolean;
  of: Member;
  reload: () => Promise<void>;
  onRemoved: (member: Member) => void;
}

function Card({ tenant, owner, of, reload, onRemoved }: CardProps) {
  const act = useAct();
  const remove = async () => {
    const yes = await sure({ heading: `Remove ${of.displayName}?`, text: "They lose access to this tenant, and their invitations end. This doesn’t affect their own notes.", act: "Remove" });
    if (!yes) return;
    await ask(REMOVE_MEMBER, { tenant, id: of.id });
    await reload();
    onRemoved(of);
    say(`${of.displayName} was removed`);
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
      acts={
        owner && (
          <Button label={`Remove ${of.displayName}`} busy={act.busy} onClick={() => void act.run(remove)}>
            Remove
          </Button>
        )
      }
    >
      <Trouble text={act.trouble} />
    </Row>
  );
}

function Invite({ tenant }: { tenant: string }) {
  const act = useAct();
  const [role, setRole] = useState<Role>("ADMIN");
  const [made, setMade] = useState<{ url: string; expiresAt: string } | null>(null);
  const invite = async () => setMade((await ask(INVITE_MEMBER, { tenant, role })).inviteMember);
  return (
    <Section heading="Invite someone" about="You get a link to send in a way that you trust. It works once, for seven days.">
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(invite);
        }}
      >
        <Choice label="Role" value={role} options={(["OWNER", "ADMIN", "VIEWER"] as const).map((value) => ({ value, label: roles[value] }))} onChange={(value) => setRole(value as Role)} />
        <Button kind="first" type="submit" busy={act.busy}>
          Create an invitation link
        </Button>
      </form>
      <Trouble text={act.trouble} />
      {made && (
        <Secret text={made.url} of="invitation link">
          <p class="quiet">
            It expires <Moment at={made.expiresAt} />.
          </p>
        </Secret>
      )}
    </Section>
  );
}
