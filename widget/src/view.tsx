import { Fragment, h, type VNode } from "preact";
import type { App } from "./app";
import { host, pageURL, t } from "./config";
import { showLazy } from "./lazy";
import { NotesView } from "./notes";

/** ViewExtras is what the views need from the extras. */
export interface ViewExtras {
  Suspended: () => VNode;
  VisitorRequired: (props: { app: App }) => VNode;
}

/** AppView is the current view of the app. */
export function AppView({ app }: { app: App }) {
  const { view } = app;
  switch (view.name) {
    case "starting":
      return null;
    case "opening":
    case "signingOut":
      return <p role="status">{t(view.name)}</p>;
    case "notes":
      return <NotesView app={app} notebook={view.notebook} />;
    case "suspended":
      return showLazy<ViewExtras>({ part: "Suspended" });
    default:
      return <SignIn app={app} />;
  }
}

function SignIn({ app }: { app: App }) {
  const { view } = app;
  const signedOut = view.name === "signedOut" ? view : null;
  return (
    <section>
      <h1>{t("title")}</h1>
      {app.needsVisitor ? (
        showLazy<ViewExtras>({ part: "VisitorRequired", app })
      ) : (
        <>
          <p>{t("intro")}</p>
          <button id="sign-in" class="primary" onClick={() => void app.signIn()}>
            {t("signIn")}
          </button>
        </>
      )}
      <p role="status">{signedOut ? signedOut.notice : t(host ? "signingIn" : "opening")}</p>
      {signedOut?.offersTab && (
        <p>
          <a href={pageURL} target="_blank">
            {t("newTab")}
          </a>
        </p>
      )}
    </section>
  );
}
