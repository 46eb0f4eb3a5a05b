import { render, type ComponentChildren } from "preact";
import { Questions } from "../part/dialog";
import { Toast } from "../part/toast";
import { door, recognize } from "../session/door";
import { Entrance } from "../session/entrance";
import { useLive } from "./live";
import { Header } from "./page";
import { bearTranslation } from "./translation";

/** Draws a page that somebody must be signed in for. `opens` says on the sign-in page what a passkey opens here. */
export function start(opens: string, page: ComponentChildren): void {
  bearTranslation();
  recognize().catch(() => {}); // whoever asks for more says what is wrong
  render(<Root opens={opens}>{page}</Root>, document.getElementById("app")!);
}

// While nobody is signed in the page stays as it is, out of sight, with whatever was typed in it.
function Root({ opens, children }: { opens: string; children: ComponentChildren }) {
  const waits = useLive(door) !== null;
  return (
    <>
      {waits && (
        <>
          <Header />
          <Entrance opens={opens} />
        </>
      )}
      <div hidden={waits}>{children}</div>
      <Questions />
      <Toast />
    </>
  );
}
