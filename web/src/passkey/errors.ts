import { RefusedError, UnreachableError } from "../http/post";
import { formatWait, hasText, translate } from "../text/catalog";
import { t } from "../text/shared";

/** A message about an error, and what to do next. */
export interface ErrorDescription {
  message: string;
  /** retry: repeat the step. choose: sign in or create an account. silent: go back without a message. stop: only offer to close. */
  next: "retry" | "choose" | "silent" | "stop";
  /** Whether another device may succeed. */
  otherDevice?: boolean;
}

/** Returns the message for any error of a ceremony or of the server. */
export function explainError(error: unknown): ErrorDescription {
  if (error instanceof UnreachableError) return { message: t("unreachable"), next: "retry" };
  if (error instanceof RefusedError) return { message: explainRefusal(error), next: refusals[error.code] ?? "stop" };
  const name = error instanceof DOMException ? error.name : "";
  if (name === "AbortError") return { message: "", next: "silent" };
  const next = isPrompt(name) ? prompts[name] : undefined;
  // The browser's message names the RP ID that it compared with this host. An operator needs it to fix the configuration.
  if (!next || next === "stop") console.error(`aside: passkey ceremony at ${location.host}:`, error);
  return { message: isPrompt(name) ? t(name) : t("unfinished"), next: next ?? "retry", otherDevice: otherDevice.has(name) };
}

/** Returns the page's text for a refusal's code and field, or else for its code. If there is none, it returns the server's message. */
function explainRefusal({ code, message, detail: { field, reference, wait } }: RefusedError): string {
  const name = code.toLowerCase();
  if (name === "internal" && reference) return `${t("internal")} (${reference})`;
  if (name === "rate_limited" && wait) return t("rate_limited_wait", { time: formatWait(wait) });
  const key = [`${name}_${field}`, name].find(hasText);
  return key ? translate(key) : message;
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
const prompts = {
  NotAllowedError: "retry",
  InvalidStateError: "choose",
  SecurityError: "stop",
  NotSupportedError: "retry",
  ConstraintError: "retry",
} as const;

const isPrompt = (name: string): name is keyof typeof prompts => Object.hasOwn(prompts, name);

const otherDevice = new Set(["NotAllowedError", "NotSupportedError", "ConstraintError"]);
