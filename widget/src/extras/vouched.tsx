import type { App } from "../app";
import { h, t } from "../shared";

/** Says whose word alone opens these notes, and offers to change that. */
export function Vouched({ app }: { app: App }) {
  return (
    <p class="bar vouched">
      <span class="who">{t("vouched")}</span>
      <button onClick={() => void app.signIn()}>{t("addPasskey")}</button>
    </p>
  );
}
