/** Returns a UUID of version 7 (RFC 9562 §5.7): 48 bits of milliseconds before the random ones of version 4. */
export function uuid7(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
