// Bytes as the OAuth and JOSE specifications write them.

/** RFC 4648 §5 without padding. */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** base64url(SHA-256(text)): a PKCE challenge, a JWK thumbprint, a DPoP ath. */
export async function digest(text: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text))));
}

/** 256 random bits. */
export function secret(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** A UUID of version 7 (RFC 9562 §5.7): 48 bits of milliseconds before the random ones of version 4. */
export function uuid7(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
