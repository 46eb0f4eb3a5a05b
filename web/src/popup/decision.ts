import { post } from "../http/post";
import type { EndOfSignIn } from "../encryption/frame_key";
import { loadExtras } from "../page/extras";
import { finishCeremony, runCeremony } from "../passkey/ceremony";
import type { Interaction } from "./interaction";

export type Decision = "continue" | "allow" | "link" | "not_now" | "deny";

/** An authorization response (RFC 6749 §4.1.2, RFC 9207) for the opener. */
export interface AuthorizationResponse {
  state: string;
  iss: string;
  code?: string;
  error?: string;
  /** The key of the notes at the tenant, encrypted to the frame (encryption/frame_key.ts). */
  content_key?: string;
}

/** The tenant's name for the person. */
interface Subject {
  label: string;
}

export type Outcome =
  /** subject: may be linked too, by link instead of allow. */
  | { next: "consent"; subject?: Subject; merges?: boolean }
  /** merges: the tenant could read this subject's notes until now. */
  | { next: "link"; subject: Subject; merges?: boolean }
  /** Another account has linked the subject. */
  | { next: "linked_elsewhere"; subject: Subject }
  | ({ next: "respond"; response: AuthorizationResponse } & EndOfSignIn)
  | ({ next: "redirect"; location: string } & EndOfSignIn);

/** Sends the person's decision. embedOrigin is the origin that the opener reported; null without an opener. `onPrompt` is called before the system asks for a passkey. */
export async function decide(interaction: Interaction, embedOrigin: string | null, decision: Decision, onPrompt: () => void): Promise<Outcome> {
  const outcome = await post<Outcome>("/oauth/authorize/decision", {
    interaction: interaction.id,
    embed_origin: embedOrigin,
    decision,
  });
  if (END_TO_END && (outcome as EndOfSignIn).content_key) {
    await loadExtras().then(({ addContentKey }) => addContentKey(outcome as EndOfSignIn, interaction.requestURI, runCeremony, finishCeremony, onPrompt)).catch(() => {});
  }
  return outcome;
}

/** Sends the response to the opener. The browser delivers it only to the frame origin. */
export function respond(interaction: Interaction, response: AuthorizationResponse): void {
  (window.opener as Window | null)?.postMessage(
    { type: "aside:authorization_response", v: 1, response },
    interaction.frameOrigin,
  );
}
