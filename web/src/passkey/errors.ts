import { RefusedError, UnreachableError } from "../http/post";

/** A message about an error, and what to do next. */
export interface ErrorDescription {
  message: string;
  /** retry: repeat the step. choose: sign in or create an account. silent: go back without a message. stop: only closing is left. */
  next: "retry" | "choose" | "silent" | "stop";
  /** Another device may succeed. */
  otherDevice?: true;
}

/** Returns the message for any error of a ceremony or of the server. */
export function explainError(error: unknown): ErrorDescription {
  if (error instanceof UnreachableError) {
    return { message: "Aside can’t be reached. Check your connection, then try again.", next: "retry" };
  }
  if (error instanceof RefusedError) return { message: error.message, next: refusals[error.code] ?? "stop" };
  const name = error instanceof DOMException ? error.name : "";
  const known = prompts[name];
  if (known && known.next !== "stop") return known;
  // For the operator: the browser's message names the RP ID that it compared with this host.
  console.error(`aside: passkey ceremony at ${location.host}:`, error);
  return known ?? { message: "Your browser couldn’t finish this. Nothing has changed.", next: "retry" };
}

// Any other refusal concerns the request itself (request_expired, wrong_origin, …), so a retry can't help.
const refusals: Record<string, ErrorDescription["next"]> = {
  ceremony_expired: "retry",
  passkey_refused: "retry",
  passkey_changed: "choose",
  passkey_unknown: "choose",
  recovery_refused: "retry",
  signed_in_as_other: "retry",
  rate_limited: "retry",
  internal: "retry",
  unauthenticated: "choose",
};

// Web Authentication Level 3, §5.1.3 and §5.1.4. NotAllowedError has many causes, so that a site can't learn
// which passkeys a device has. The message must fit all of them.
const prompts: Record<string, ErrorDescription> = {
  NotAllowedError: {
    message:
      "The prompt was closed or timed out. If your passkey is on a phone or another device, choose that in the prompt.",
    next: "retry",
    otherDevice: true,
  },
  InvalidStateError: { message: "This device already has a passkey here. Sign in with it.", next: "choose" },
  SecurityError: {
    message: "Aside is misconfigured here: your browser doesn’t accept passkeys for this address. Please tell the site.",
    next: "stop",
  },
  NotSupportedError: {
    message: "This device doesn’t support the kind of passkey that Aside needs. Try again with a phone or another device.",
    next: "retry",
    otherDevice: true,
  },
  ConstraintError: {
    message: "This device has no fingerprint, face or screen lock set up. Set one up, or use another device.",
    next: "retry",
    otherDevice: true,
  },
  AbortError: { message: "", next: "silent" },
};
