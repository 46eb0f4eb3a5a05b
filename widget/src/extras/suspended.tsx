import { Fragment, h } from "preact";
import { config, t } from "./kit";

/** There is nothing to open here while the tenant is suspended; the notes are still there. */
export function Suspended() {
  return (
    <>
      <h1>{t("title")}</h1>
      <p>{t("tenant_suspended")}</p>
      <p>
        <a href={config.accountOrigin + "/account"} target="_blank" rel="noopener">
          {t("account")}
        </a>
      </p>
    </>
  );
}
