import type { App } from "../app";
import { Fragment, h, host, t } from "../shared";

/** The tenant wants to know its visitors, and its page doesn't say who this one is; a page of our own can't. */
export function Stranger({ app }: { app: App }) {
  return (
    <>
      <p>{t("assertion_required")}</p>
      {host && (
        <button id="sign-in" class="primary" onClick={() => void app.look()}>
          {t("retry")}
        </button>
      )}
    </>
  );
}
