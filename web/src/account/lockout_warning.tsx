import { t } from "./text";

/** A warning while the loss of one device would lock the person out. */
export function LockoutWarning({ passkeys, codes }: { passkeys: number; codes: number }) {
  if (passkeys > 1 || codes > 0) return null;
  return (
    <div class="invitation">
      <p>
        <strong>{t("onePasskey")}</strong> {t("onePasskeyMeans")}
      </p>
      <div class="acts">
        {location.pathname !== "/account/passkeys" && (
          <a class="button" href="/account/passkeys">
            {t("addSecond")}
          </a>
        )}
        <a class="button" href="/account/recovery">
          {t("getCodes")}
        </a>
      </div>
    </div>
  );
}
