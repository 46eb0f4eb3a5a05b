import type { App } from "../app";
import { Fragment, h, host, t } from "../shared";

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
