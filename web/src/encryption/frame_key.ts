// The key of one tenant's notes, from the account origin to the tenant's frame.
import { sealTenantKey } from "../../../widget/src/encryption/key_transfer";
import { deriveTenantKey } from "../../../widget/src/encryption/tenant_key";
import type { SignedIn } from "../popup/new_account";
import type { PopupModules } from "../popup/interaction";
import { contentKeyOf } from "./content_key_store";
import { unlock } from "./unlock";

/** ContentKeyRequest is what a frame asks for, as the server gives it to the popup. */
export interface ContentKeyRequest {
  /** The WebAuthn user handle of the account, in base64url. */
  handle: string;
  /** The frame's public key, a JWK. */
  jwk: unknown;
  /** t_… */
  tenant: string;
}

/** EndOfSignIn is what the server's last answer to a sign-in may have: a response, for a message, or the location of a redirect. */
export interface EndOfSignIn {
  /** What the frame asks for, if the person's notes are end-to-end encrypted. */
  content_key?: ContentKeyRequest;
  response?: { content_key?: string };
  location?: string;
}

/**
 * Adds the tenant's key to the response, or to the fragment of the address, which no server sees. The passkey with which the person
 * has signed in unlocks the notes in this browser. If they are still locked, it asks for a passkey. If that one can't unlock them
 * either, they stay locked in the frame.
 */
export async function addKey({ runCeremony, finishCeremony, onPrompt, interaction }: PopupModules, signedIn: SignedIn | null, outcome: EndOfSignIn): Promise<void> {
  if (signedIn?.account.key.handle === outcome.content_key!.handle) await unlock(signedIn.account.key, signedIn.proof.secret).catch(() => {});
  const seal = () => sealForFrame(outcome.content_key!, interaction.requestURI);
  const ask = async () => {
    const proof = await runCeremony("confirmation", onPrompt);
    await unlock((await finishCeremony(proof)).key, proof.secret);
    return seal();
  };
  const sealed = (await seal()) ?? (await ask().catch(() => null));
  if (!sealed) return;
  if (outcome.response) outcome.response.content_key = sealed;
  else outcome.location += "#&content_key=" + sealed;
}

/** Encrypts the tenant's key to the frame (a compact JWE). It returns null if the notes are locked in this browser. */
async function sealForFrame(request: ContentKeyRequest, requestURI: string): Promise<string | null> {
  const root = await contentKeyOf(request.handle);
  if (!root) return null;
  const key = await deriveTenantKey(root, request.tenant);
  try {
    return await sealTenantKey(key, request.jwk, requestURI, request.tenant);
  } finally {
    key.fill(0);
  }
}
