/** What a part of an address says, without its %-escapes. What was broken on its way, or by hand, stays as it is written. */
export function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
