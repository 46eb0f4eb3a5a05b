import { useState } from "preact/hooks";
import { useAnswer } from "../graphql/answer";
import { ask } from "../graphql/ask";
import { focusHeading, Heading } from "../page/heading";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { sure } from "../part/dialog";
import { Field } from "../part/field";
import { Row, Rows } from "../part/rows";
import { Answered, Empty } from "../part/state";
import { say } from "../part/toast";
import { Trouble } from "../part/trouble";
import { Copy } from "../part/copy";
import { ADD_ORIGIN, ORIGINS, REMOVE_ORIGIN } from "./documents";
import type { Inside } from "./inside";

/** The origins that can show the widget. */
export function Origins({ tenant, admin }: Inside) {
  const answer = useAnswer(ORIGINS, { tenant });
  return (
    <>
      <Heading text="Embed origins" />
      <p class="about">Only pages on these origins can show your widget. Changes take effect within 5 seconds, on open pages too.</p>
      {admin && <Add tenant={tenant} reload={answer.reload} />}
      <Answered answer={answer}>
        {({ tenant: { embedOrigins } }) =>
          embedOrigins.length === 0 ? (
            <Empty heading="No page can show your widget yet.">
              <p>Add the origin of your site: its address up to the first slash after the host.</p>
            </Empty>
          ) : (
            <Rows label="Embed origins">
              {embedOrigins.map((origin) => (
                <Origin key={origin} tenant={tenant} admin={admin} origin={origin} reload={answer.reload} />
              ))}
            </Rows>
          )
        }
      </Answered>
    </>
  );
}

function Add({ tenant, reload }: { tenant: string; reload: () => Promise<void> }) {
  const act = useAct();
  const [origin, setOrigin] = useState("");
  const add = async () => {
    await ask(ADD_ORIGIN, { tenant, origin: origin.trim() });
    await reload();
    setOrigin("");
    say("Added");
  };
  return (
    <form
      class="line"
      onSubmit={(event) => {
        event.preventDefault();
        void act.run(add);
      }}
    >
      <Field
        label="Origin"
        code
        value={origin}
        placeholder="https://www.your.example"
        autocomplete="off"
        error={act.trouble}
        onInput={(value) => {
          setOrigin(value);
          act.clear();
        }}
      />
      <Button kind="first" type="submit" busy={act.busy}>
        Add origin
      </Button>
    </form>
  );
}

function Origin({ tenant, origin, admin, reload }: { tenant: string; origin: string; admin: boolean; reload: () => Promise<void> }) {
  const act = useAct();
  const remove = async () => {
    const yes = await sure({
      heading: `Remove ${origin}?`,
      text: "Its pages stop showing the widget, and visitors who are signed in there are signed out. Their notes stay.",
      act: "Remove",
    });
    if (!yes) return;
    await ask(REMOVE_ORIGIN, { tenant, origin });
    await reload();
    say(`${origin} was removed`);
    focusHeading();
  };
  return (
    <Row
      title={<code>{origin}</code>}
      acts={
        <>
          <Copy text={origin} of={origin} />
          {admin && (
            <Button label={`Remove ${origin}`} busy={act.busy} onClick={() => void act.run(remove)}>
              Remove
            </Button>
          )}
        </>
      }
    >
      <Trouble text={act.trouble} />
    </Row>
  );
}
