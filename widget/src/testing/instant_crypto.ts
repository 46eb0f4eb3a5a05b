// WebCrypto that answers before anything else happens, by Node's own functions, so that a random history is the same for the same seed.
// Node's WebCrypto answers when a thread is done. It has what the encryption of notes needs: HKDF and AES-256-GCM.
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { concat } from "../encryption/encoding";

interface Key {
  algorithm: { name: string };
  extractable: boolean;
  usages: string[];
  secret: Uint8Array;
}

const tagLength = 16;

const subtle = {
  importKey: async (_format: string, secret: Uint8Array, name: string, extractable: boolean, usages: string[]): Promise<Key> => ({
    algorithm: { name },
    extractable,
    usages,
    secret: new Uint8Array(secret),
  }),

  deriveBits: async ({ info }: { info: Uint8Array }, { secret }: Key, bits: number): Promise<ArrayBuffer> => hkdfSync("sha256", secret, new Uint8Array(), info, bits / 8),

  async encrypt({ iv, additionalData }: AesGcmParams, { secret }: Key, text: Uint8Array): Promise<Uint8Array> {
    const cipher = createCipheriv("aes-256-gcm", secret, iv as Uint8Array).setAAD(additionalData as Uint8Array);
    return concat(cipher.update(text), cipher.final(), cipher.getAuthTag());
  },

  async decrypt({ iv, additionalData }: AesGcmParams, { secret }: Key, message: Uint8Array): Promise<Uint8Array> {
    const cipher = createDecipheriv("aes-256-gcm", secret, iv as Uint8Array).setAAD(additionalData as Uint8Array);
    cipher.setAuthTag(message.subarray(-tagLength));
    return concat(cipher.update(message.subarray(0, -tagLength)), cipher.final());
  },
};

/** Replaces the WebCrypto of this process. */
export function installInstantCrypto(): void {
  Object.defineProperty(crypto, "subtle", { configurable: true, value: subtle });
}
