import { Fragment, h } from "preact";
import type { App } from "./app";
import { host, pageURL, t } from "./config";
import { Extra } from "./extra";
import { NotesFace } from "./notes";

/** The face that the app shows at the moment. */
export function Faces({ app }: { app: App }) {
  const { face } = app;
  switch (face.name) {
    case "starting":
      return null;
    case "opening":
    case "signingOut":
      return <p role="status">{t(face.name)}</p>;
    case "notes":
      return <NotesFace app={app} notebook={face.notebook} />;
    case "suspended":
      return <Extra show={({ Suspended }) => <Suspended />} paint={() => app.turn(face)} />;
    default:
      return <SignIn app={app} />;
  }
}

function SignIn({ app }: { app: App }) {
  const { face } = app;
  const out = face.name === "signedOut" ? face : null;
  return (
    <section class="sign-in">
      <h1>{t("title")}</h1>
      {app.strange ? (
        <Extra show={({ Stranger }) => <Stranger app={app} />} paint={() => app.turn(face)} />
      ) : (
        <>
          <p>{t("intro")}</p>
          <button id="sign-in" class="primary" onClick={() => void app.signIn()}>
            {t("signIn")}
          </button>
        </>
      )}
      <p role="status">{out ? out.notice : t(host ? "signingIn" : "opening")}</p>
      {out?.apart && (
        <p>
          <a href={pageURL} target="_blank" rel="noopener">
            {t("newTab")}
          </a>
        </p>
      )}
    </section>
  );
}
