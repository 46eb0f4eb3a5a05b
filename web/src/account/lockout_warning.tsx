import { useState } from "preact/hooks";
import { Button } from "../component/button";
import { useQuery } from "../graphql/query";
import { focusHeading } from "../page/heading";
import { OVERVIEW } from "./documents";
import { t } from "./text";

/** A warning while the loss of one device would lock the person out. With `onDismiss` it can be dismissed. */
export function LockoutWarning({ passkeys, codes, onDismiss }: { passkeys: number; codes: number; onDismiss?: () => void }) {
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
        {onDismiss && (
          <Button kind="plain" onClick={onDismiss}>
            {t("dismiss")}
          </Button>
        )}
      </div>
    </div>
  );
}

const dismissed = "aside:lockout-warning-dismissed";

/** The warning below the notes, until the person dismisses it in this browser. It stays on the overview. */
export function LockoutReminder() {
  const [shown, setShown] = useState(!isDismissed());
  const { data } = useQuery(OVERVIEW);
  if (!shown || !data) return null;
  const { passkeys, recoveryCodesLeft } = data.viewer;
  const dismiss = () => {
    setShown(false);
    focusHeading();
    try {
      localStorage.setItem(dismissed, "1");
    } catch {} // without storage, it is back on the next visit
  };
  return <LockoutWarning passkeys={passkeys.length} codes={recoveryCodesLeft} onDismiss={dismiss} />;
}

function isDismissed(): boolean {
  try {
    return localStorage.getItem(dismissed) !== null;
  } catch {
    return false;
  }
}
