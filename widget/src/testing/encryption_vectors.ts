// The known answers that the server's tests compute, too (widget/encryption_test.go).
import file from "../../testdata/encryption_vectors.json";
import { fromBase64url, type Bytes } from "../encryption/encoding";

export const vectors = file;

/** Decodes a value of the vectors. */
export function decoded(text: string): Bytes {
  return fromBase64url(text)!;
}

/** Runs an act while every IV is this one, which must be asked for once. */
export async function withIV<T>(iv: string, act: () => Promise<T>): Promise<T> {
  const ivs = [decoded(iv)];
  Object.defineProperty(crypto, "getRandomValues", {
    configurable: true,
    value: (bytes: Bytes) => {
      bytes.set(ivs.pop()!);
      return bytes;
    },
  });
  try {
    return await act();
  } finally {
    Reflect.deleteProperty(crypto, "getRandomValues");
  }
}

/** Runs an act while the next key pair is this one. */
export async function withKeyPair<T>(pair: CryptoKeyPair, act: () => Promise<T>): Promise<T> {
  Object.defineProperty(crypto.subtle, "generateKey", { configurable: true, value: () => Promise.resolve(pair) });
  try {
    return await act();
  } finally {
    Reflect.deleteProperty(crypto.subtle, "generateKey");
  }
}
