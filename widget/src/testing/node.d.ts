// The parts of Node's API that the tests use. Node's own types would change those of the browser's globals.
declare module "node:test" {
  export function test(name: string, act: (test: { after(act: () => void): void }) => void | Promise<void>): void;
  export function beforeEach(act: () => void): void;
}

declare module "node:assert/strict" {
  const assert: {
    (value: unknown, message?: string): asserts value;
    equal(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
  };
  export default assert;
}

declare module "node:buffer" {
  export const File: typeof globalThis.File;
}

declare module "node:crypto" {
  interface Cipher {
    setAAD(associated: Uint8Array): this;
    setAuthTag(tag: Uint8Array): this;
    update(bytes: Uint8Array): Uint8Array;
    final(): Uint8Array;
    getAuthTag(): Uint8Array;
  }
  export function createCipheriv(name: string, key: Uint8Array, iv: Uint8Array): Cipher;
  export function createDecipheriv(name: string, key: Uint8Array, iv: Uint8Array): Cipher;
  export function hkdfSync(hash: string, secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): ArrayBuffer;
}
