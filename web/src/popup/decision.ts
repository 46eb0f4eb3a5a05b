import { post } from "../http/post";
import type { EndOfSignIn } from "../encryption/frame_key";
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

export type Outcome = EndOfSignIn & NextStep;

type NextStep =
  /** subject: may be linked too, by link instead of allow. */
  | { next: "consent"; subject?: Subject; merges?: boolean }
  /** merges: the tenant could read this subject's notes until now. */
  | { next: "link"; subject: Subject; merges?: boolean }
  /** Another account has linked the subject. */
  | { next: "linked_elsewhere"; subject: Subject }
  | { next: "respond"; response: AuthorizationResponse }
  | { next: "redirect"; location: string };

/** Sends the person's decision. embedOrigin is the origin that the opener reported; null without an opener. */
export function decide(interaction: Interaction, embedOrigin: string | null, decision: Decision): Promise<Outcome> {
  return post<Outcome>("/oauth/authorize/decision", {
    interaction: interaction.id,
    embed_origin: embedOrigin,
    decision,
  });
}

/** Sends the response to the opener. The browser delivers it only to the frame origin. */
export function respond(interaction: Interaction, response: AuthorizationResponse): void {
  (window.opener as Window | null)?.postMessage(
    { type: "aside:authorization_response", v: 1, response },
    interaction.frameOrigin,
  );
}
