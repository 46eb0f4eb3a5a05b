// Turning end-to-end encryption on: which content key an account gets. The notes are converted afterwards (conversion.ts).
//
// The passkey's wrap is stored first and decides. Two devices may begin at once, or a request may arrive although its answer is lost:
// then the server has a wrap of another content key than this page has just made. So the page goes on with the key that it opens from
// the stored wrap, and the recovery codes wrap that one. Before they are stored, nothing is converted.
import { newContentKey } from "./content_key";
import type { Bytes } from "./encoding";
import { openWrap, recoveryKEK, wrapContentKey, type Wrapper } from "./key_wrap";
import { recoveryVerifier, type RecoveryCode } from "./recovery_code";
import { Problem, problemOf } from "../core/problem";

/** StoredWrap is the wrap of a passkey as the server has it. */
export interface StoredWrap {
  passkey: string | null;
  generation: number;
  wrap: string;
}

/** RecoveryCodeInput is what the server gets of a recovery code. */
export interface RecoveryCodeInput {
  locator: string;
  verifier: string;
  wrap: string | null;
}

/** ActivationServer is the API as this module uses it. Each method throws a Problem. */
export interface ActivationServer {
  /**
   * Begins a conversion with the first wrap of a generation. It throws `CONFLICT` unless the account is SERVER and the generation its
   * next one. It ends all other sessions of the account: their pages may have the key of an earlier generation, and the server could not
   * tell what they seal with it.
   */
  begin(generation: number, passkey: string, wrap: string): Promise<void>;
  wraps(): Promise<StoredWrap[]>;
  /** Replaces all recovery codes. */
  replaceRecoveryCodes(codes: RecoveryCodeInput[]): Promise<void>;
}

/** Passkey is the passkey that the person has just used. */
export interface Passkey {
  /** Its id, as the API returns it. */
  id: string;
  kek: CryptoKey;
  /** The WebAuthn user handle of the account, 64 bytes. */
  handle: Bytes;
}

/**
 * Stores the wraps of a new content key, by a passkey and the recovery codes that the person has confirmed, and returns the key. If a
 * conversion has begun already, it is the key of that one. It throws the server's `CONFLICT`, which says why, if this passkey has no wrap
 * of it, `damaged` if the wrap does not open, and other Problems of the server. It can be called again. The caller has removed the key of an earlier generation
 * first: what it seals, nobody could open.
 */
export async function activate(server: ActivationServer, { id, kek, handle }: Passkey, codes: RecoveryCode[], generation: number): Promise<Bytes> {
  const wrapper: Wrapper = { kind: "passkey", id, generation };
  const fresh = newContentKey();
  let begun: unknown;
  try {
    await server.begin(generation, id, await wrapContentKey(fresh, kek, handle, wrapper));
  } catch (thrown) {
    if (problemOf(thrown).code !== "CONFLICT") throw thrown;
    begun = thrown;
  } finally {
    fresh.fill(0);
  }
  const contentKey = await openStoredWrap(await server.wraps(), kek, handle, wrapper).catch((thrown) => {
    throw problemOf(thrown).code === "locked" ? (begun ?? thrown) : thrown;
  });
  await server.replaceRecoveryCodes(await Promise.all(codes.map((code) => recoveryCodeInput(code, contentKey, handle, generation))));
  return contentKey;
}

/** Opens the wrap of a passkey. It throws the Problem `locked` if there is none of its generation, and what openWrap throws. */
export async function openStoredWrap(wraps: StoredWrap[], kek: CryptoKey, handle: Bytes, wrapper: Wrapper): Promise<Bytes> {
  const stored = wraps.find(({ passkey, generation }) => passkey === wrapper.id && generation === wrapper.generation);
  if (!stored) throw new Problem("locked");
  return openWrap(stored.wrap, kek, handle, wrapper);
}

/** Returns what the server gets of a code: of an account without a content key, no wrap. */
export async function recoveryCodeInput(code: RecoveryCode, contentKey: Bytes | null, handle: Bytes, generation: number): Promise<RecoveryCodeInput> {
  const wrapper: Wrapper = { kind: "recovery", id: code.locator, generation };
  const wrap = contentKey && (await wrapContentKey(contentKey, await recoveryKEK(code.secret), handle, wrapper));
  return { locator: code.locator, verifier: await recoveryVerifier(code), wrap };
}
