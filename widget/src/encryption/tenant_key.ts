// The key of the notes at one tenant, derived from the content key (RFC 5869). The tenant's frame has no other, so that a frame never
// opens the notes at another tenant.
import { aesKey } from "./aes_gcm";
import { keyLength } from "./content_key";
import type { Bytes } from "./encoding";
import { derive } from "./hkdf";
import { Problem } from "../core/problem";

/** Derives the key for the notes at a tenant, t_…: 32 bytes. */
export function deriveTenantKey(contentKey: CryptoKey, tenant: string): Promise<Bytes> {
  return derive(contentKey, "aside/tenant/1" + tenant);
}

/** Imports a tenant key to seal and open notes. It throws the Problem `damaged` for another length. */
export async function importTenantKey(bytes: Bytes): Promise<CryptoKey> {
  if (bytes.length !== keyLength) throw new Problem("damaged"); // WebCrypto would take 16 bytes as AES-128
  return aesKey(bytes);
}
