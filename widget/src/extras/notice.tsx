import { accountURL, Fragment, h, t, host } from "../shared";
import type { App } from "../app";

/** Suspended says that the tenant is suspended, and that the notes still exist. */
export function Suspended() {
  return (
    <>
      <h1>{t("title")}</h1>
      <p>{t("tenant_suspended")}</p>
      <p>
        <a href={accountURL()} target="_blank">
          {t("account")}
        </a>
      </p>
    </>
  );
}

/** VisitorRequired says that the tenant requires a visitor that its page names, and offers to ask again where there is a page. */
export function VisitorRequired({ app }: { app: App }) {
  return (
    <>
      <p>{t("assertion_required")}</p>
      {host && (
        <button id="sign-in" class="primary" onClick={() => void app.identifyVisitor()}>
          {t("retry")}
        </button>
      )}
    </>
  );
}

/** Vouched says that the tenant can open these notes, and offers to add a passkey. */
export function Vouched({ app }: { app: App }) {
  return (
    <p class="bar vouched">
      <span class="who">{t("vouched")}</span>
      <button onClick={() => void app.signIn()}>{t("addPasskey")}</button>
    </p>
  );
}
