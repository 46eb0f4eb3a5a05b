// Recovery codes, made in the browser: 32 characters of Crockford's base 32 in eight groups, 5 bits each. The first 6 characters are the
// locator, by which the server finds the code. The other 26 are the secret, 130 bits, which never leaves the device: the server gets a
// verifier, and the content key wrapped with a key from the secret.
import { derive, hkdfKey } from "./hkdf";
import { base64url, utf8 } from "../bytes";

/** RecoveryCode is a code in its parts, in upper case. */
export interface RecoveryCode {
  locator: string;
  secret: string;
}

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const locatorLength = 6;
const codeLength = 32;

/** How many codes an account has. */
const codeCount = 10;

/** Makes ten codes. The server refuses a locator that another account has; the caller makes ten others then. */
export function newRecoveryCodes(): RecoveryCode[] {
  const codes = new Map<string, RecoveryCode>();
  while (codes.size < codeCount) {
    // 256 is a multiple of 32: all characters are equally likely.
    const text = Array.from(crypto.getRandomValues(new Uint8Array(codeLength)), (byte) => alphabet[byte % 32]).join("");
    const code = split(text);
    codes.set(code.locator, code);
  }
  return [...codes.values()];
}

/** Returns a code as people read it, in groups of four. */
export function formatRecoveryCode({ locator, secret }: RecoveryCode): string {
  return (locator + secret).replace(/....(?=.)/g, "$&-");
}

/**
 * Parses a code as people type it: in upper or lower case, with or without separators, with O for 0 and I or L for 1. It returns null
 * if the text can't be a code.
 */
export function parseRecoveryCode(typed: string): RecoveryCode | null {
  if (typed.length > 8 * codeLength) return null;
  const text = typed
    .replace(/[-–\u00a0 \t\r\n]/g, "")
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
  return text.length === codeLength && [...text].every((c) => alphabet.includes(c)) ? split(text) : null;
}

function split(text: string): RecoveryCode {
  return { locator: text.slice(0, locatorLength), secret: text.slice(locatorLength) };
}

/** Derives what shows the server that somebody has the code: base64url of 32 bytes, from which the secret can't be computed. */
export async function recoveryVerifier({ secret }: RecoveryCode): Promise<string> {
  return base64url(await derive(await hkdfKey(utf8(secret)), "aside/recovery/verifier/1"));
}
