// Passkeys in the browser's own list under a field (Web Authentication Level 3, §5.1.4: conditional mediation).
import type { CeremonyResult } from "./ceremony_result";

/** runCeremony (ceremony.ts) */
type Run = (kind: "login", onPrompt: () => void, body: object, hints: string[], how: CredentialRequestOptions) => Promise<CeremonyResult>;

/** The server forgets a challenge after 5 minutes. */
const renewAfter = 4 * 60_000;
const mostChallenges = 10;

/**
 * Lets the browser offer the passkeys that it knows in a field with `autocomplete="… webauthn"`, to a person who has one after all.
 * It resolves with the answer of the chosen passkey, or with null once the person presses a button: a browser runs one ceremony at a
 * time. It never rejects, since this is only an offer.
 */
export async function offerPasskeys(run: Run): Promise<CeremonyResult | null> {
  if (!(await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) return null;
  let pressed = false;
  let request = new AbortController();
  const onPress = ({ target }: Event) => {
    if (!(target as Element).closest("button")) return;
    pressed = true;
    request.abort(); // before the button's own handler
  };
  addEventListener("click", onPress, { capture: true });
  try {
    for (let left = mostChallenges; left > 0 && !pressed; left--) {
      request = new AbortController();
      const { signal } = request;
      const timer = setTimeout(() => request.abort(), renewAfter);
      try {
        return await run("login", () => {}, {}, [], { mediation: "conditional", signal });
      } catch {
        if (!signal.aborted) return null;
      } finally {
        clearTimeout(timer);
      }
    }
    return null;
  } finally {
    removeEventListener("click", onPress, { capture: true });
  }
}
