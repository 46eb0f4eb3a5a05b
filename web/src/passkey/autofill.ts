// Passkeys in the browser's own list under a field (Web Authentication Level 3, §5.1.4: conditional mediation).
import type { CeremonyResult } from "./ceremony_result";

/** runCeremony (ceremony.ts) */
type Run = (kind: "login", onPrompt: () => void, body: object, hints: string[], how: CredentialRequestOptions) => Promise<CeremonyResult>;

/** The server forgets a challenge after 5 minutes. */
const renewAfter = 4 * 60_000;
const mostChallenges = 10;

/**
 * Lets the browser offer the passkeys that it knows in a field with `autocomplete="… webauthn"`, to a person who has one after all. It
 * begins with the first move of a pointer, or with ArrowDown in the field, which opens the list: until then, nothing else shows the
 * offer, and a person who types a code at once is not interrupted. It ends when the person types, or presses a button: a browser runs
 * one ceremony at a time. It resolves with the answer of the chosen passkey, or with null. It never rejects, since this is only an offer.
 */
export async function offerPasskeys(run: Run): Promise<CeremonyResult | null> {
  if (!(await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) return null;
  const offer = new AbortController();
  let request = new AbortController();
  const end = () => {
    offer.abort();
    request.abort();
  };
  await new Promise<void>((wanted) => {
    const listening = { capture: true, signal: offer.signal };
    addEventListener("pointermove", () => wanted(), listening);
    addEventListener("pointerdown", () => wanted(), listening);
    addEventListener("keydown", ({ key, target }) => key === "ArrowDown" && inField(target) && wanted(), listening);
    addEventListener("input", end, listening);
    addEventListener("click", ({ target }) => (target as Element).closest("button") && end(), listening); // before the button's own handler
    offer.signal.addEventListener("abort", () => wanted());
  });
  try {
    for (let left = mostChallenges; left > 0 && !offer.signal.aborted; left--) {
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
    offer.abort(); // removes the listeners
  }
}

const inField = (target: EventTarget | null) => (target as Element).matches('[autocomplete~="webauthn"]');
