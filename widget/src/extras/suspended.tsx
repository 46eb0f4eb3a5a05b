import { config, Fragment, h, t } from "../shared";

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
