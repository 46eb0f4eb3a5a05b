import { render, type ComponentChildren } from "preact";
import { ConfirmationDialog } from "../component/dialog";
import { Toast } from "../component/toast";
import { pendingSignIn, checkViewer } from "../session/sign_in";
import { SignInPage } from "../session/sign_in_page";
import { useObservable } from "./observable";
import { Header } from "./page";
import { supportPageTranslation } from "./translation";

/** Draws a page that needs a sign-in. `intro` is the text of the sign-in page: what a passkey opens here. */
export function start(intro: string, page: ComponentChildren): void {
  supportPageTranslation();
  checkViewer().catch(() => {}); // the next request shows the error
  render(<Root intro={intro}>{page}</Root>, document.getElementById("app")!);
}

// While nobody is signed in, the page is hidden and keeps its typed text.
function Root({ intro, children }: { intro: string; children: ComponentChildren }) {
  const waiting = useObservable(pendingSignIn) !== null;
  return (
    <>
      {waiting && (
        <>
          <Header />
          <SignInPage intro={intro} />
        </>
      )}
      <div hidden={waiting}>{children}</div>
      <ConfirmationDialog />
      <Toast />
    </>
  );
}
