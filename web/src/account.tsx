// The account pages, where a person manages notes, passkeys, sessions and the account.
import type { ComponentChildren } from "preact";
import { useStream } from "./account/changes";
import { Data } from "./account/data";
import { VIEWER } from "./account/documents";
import { NotePage } from "./account/editor";
import { Notes } from "./account/notes";
import { Overview, type Viewer } from "./account/overview";
import { Passkeys } from "./account/passkeys";
import { Recovery } from "./account/recovery";
import { Sessions } from "./account/sessions";
import { Sites } from "./account/sites";
import { useAnswer } from "./graphql/answer";
import { Heading } from "./page/heading";
import { Opening } from "./page/opening";
import { Page } from "./page/page";
import { usePath } from "./page/path";
import { start } from "./page/start";
import { Empty } from "./part/state";
import { Who } from "./session/who";

const places = [
  { path: "/account", name: "Overview" },
  { path: "/account/notes", name: "Notes" },
  { path: "/account/passkeys", name: "Passkeys" },
  { path: "/account/recovery", name: "Recovery codes" },
  { path: "/account/sessions", name: "Sessions" },
  { path: "/account/sites", name: "Linked sites" },
  { path: "/account/data", name: "Your data" },
];

function Account() {
  const answer = useAnswer(VIEWER);
  const [place = "", within] = usePath("/account");
  useStream(answer.data !== null);
  if (!answer.data) return <Opening answer={answer} name="Your account" />;
  const { viewer } = answer.data;
  return (
    <Page label="Your account" places={places} current={place ? "/account/" + place : "/account"} who={<Who name={viewer.displayName} />}>
      {draw(place, within, viewer, answer.reload)}
    </Page>
  );
}

function draw(place: string, within: string | undefined, viewer: Viewer, reload: () => Promise<void>): ComponentChildren {
  switch (place) {
    case "":
      return <Overview key="overview" viewer={viewer} reload={reload} />;
    case "notes":
      return within && within !== "trash" ? <NotePage key={within} id={within} /> : <Notes key={within ?? "notes"} trashed={within === "trash"} />;
    case "passkeys":
      return <Passkeys key="passkeys" />;
    case "recovery":
      return <Recovery key="recovery" />;
    case "sessions":
      return <Sessions key="sessions" />;
    case "sites":
      return <Sites key="sites" />;
    case "data":
      return <Data key="data" />;
    default:
      return (
        <>
          <Heading text="Page not found" />
          <Empty heading="There is no page at this address.">
            <a href="/account">Overview</a>
          </Empty>
        </>
      );
  }
}

start("See the notes that your passkey opens on every site, and manage your passkeys and your account.", <Account />);
