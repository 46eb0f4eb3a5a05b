import { read, refusal, send, Unreachable } from "../http/post";
import { Heading } from "../page/heading";
import { useAct } from "../part/act";
import { Button } from "../part/button";
import { download } from "../part/download";
import { Section } from "../part/section";
import { say } from "../part/toast";
import { Trouble } from "../part/trouble";
import { trusted } from "../session/confirm";
import { Ending } from "./ending";

/** The page that exports or deletes all data. */
export function Data() {
  return (
    <>
      <Heading text="Your data" />
      <Export />
      <Ending />
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
      say("Your export is downloading");
    });
  return (
    <Section heading="Export" about="A zip file with every note as readable text (Markdown), and everything again as JSON for programs.">
      <Trouble text={act.trouble} />
      <div class="acts more">
        <Button busy={act.busy} onClick={() => void take()}>
          Export
        </Button>
      </div>
    </Section>
  );
}
