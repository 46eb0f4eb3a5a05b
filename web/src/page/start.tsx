import { render, type ComponentChildren } from "preact";
import { Questions } from "../part/dialog";
import { Toast } from "../part/toast";
import { door, recognize } from "../session/door";
import { Entrance } from "../session/entrance";
import { useLive } from "./live";
import { Header } from "./page";
import { bearTranslation } from "./translation";

/** Draws a page that needs a sign-in. `opens` is the text of the sign-in page: what a passkey opens here. */
export function start(opens: string, page: ComponentChildren): void {
  bearTranslation();
  recognize().catch(() => {}); // the next request shows the error
  render(<Root opens={opens}>{page}</Root>, document.getElementById("app")!);
}

// While nobody is signed in, the page is hidden and keeps its typed text.
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
