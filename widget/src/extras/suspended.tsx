import { config, Fragment, h, t } from "../shared";

/** Suspended says that the tenant is suspended, and that the notes still exist. */
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
