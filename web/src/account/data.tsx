import { useState } from "preact/hooks";
import { ask } from "../graphql/ask";
import { read, refusal, send, Unreachable } from "../http/post";
import { Heading } from "../page/heading";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { Dialog } from "../part/dialog";
import { download } from "../part/download";
import { Field } from "../part/field";
import { Section } from "../part/section";
import { say } from "../part/toast";
import { Trouble } from "../part/trouble";
import { trusted } from "../session/confirm";
import { leave } from "../session/door";
import { DELETE_ACCOUNT } from "./documents";

/** All of it: to take along, or to end. */
export function Data() {
  const [ending, setEnding] = useState(false);
  return (
    <>
      <Heading text="Your data" />
      <Export />
      <Section
        heading="Delete your account"
        about="Every note on every site, your passkeys, codes and links, at once and for good. Nobody can bring it back, Aside included."
      >
        <div class="acts more">
          <Button kind="danger" onClick={() => setEnding(true)}>
            Delete account
          </Button>
        </div>
      </Section>
      {ending && <End onClose={() => setEnding(false)} />}
    </>
  );
}

function Export() {
  const act = useAct();
  const take = () =>
    act.run(async () => {
      const content = await trusted(async () => {
        const response = await send("/account/export", {});
        if (!response.ok) throw refusal(await read(response));
        return response.blob().catch((cause: unknown) => {
          throw new Unreachable("half an export", { cause });
        });
      });
      download(`aside-${new Date().toISOString().slice(0, 10)}.zip`, content);
      say("Your export is being downloaded");
    });
  return (
    <Section heading="Export" about="A zip file with every note as text you can read (Markdown), and all of it once more as JSON for programs.">
      <Trouble text={act.trouble} />
      <div class="acts more">
        <Button busy={act.busy} onClick={() => void take()}>
          Export
        </Button>
      </div>
    </Section>
  );
}

const word = "delete";

function End({ onClose }: { onClose: () => void }) {
  const act = useAct();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState("");
  const end = async () => {
    if (typed.trim().toLowerCase() !== word) {
      setWrong(`Type the word “${word}”.`);
      return;
    }
    await act.run(async () => {
      await ask(DELETE_ACCOUNT);
      leave("deleted");
    });
  };
  return (
    <Dialog heading="Delete your account?" onClose={onClose}>
      <p>All your notes on all sites go with it, now. You may want to export them first.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void end();
        }}
      >
        <Field
          label={`To go on, type “${word}”`}
          value={typed}
          autocomplete="off"
          code
          error={wrong}
          onInput={(value) => {
            setTyped(value);
            setWrong("");
          }}
        />
        <Trouble text={act.trouble} />
        <div class="acts">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" type="submit" busy={act.busy}>
            Delete for good
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
