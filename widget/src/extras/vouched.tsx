import type { App } from "../app";
import { h, t } from "../shared";

/** Vouched says that the tenant can open these notes, and offers to add a passkey. */
export function Vouched({ app }: { app: App }) {
  return (
    <p class="bar vouched">
      <span class="who">{t("vouched")}</span>
      <button onClick={() => void app.signIn()}>{t("addPasskey")}</button>
    </p>
  );
}
