/** Decodes the %-escapes of a part of an address. A malformed part stays as it is. */
export function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
