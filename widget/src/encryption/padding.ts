// Padmé (Nikitin et al., “Reducing Metadata Leakage from Encrypted Files and Communication with PURBs”, 2019, §4): a length keeps only
// as many of its leading bits as its order of magnitude takes, so that at most 12 % are added. Texts of 256 bytes and less all have that
// length: most notes are short, and Padmé would show the length of a password to within a few bytes.

const shortest = 256;

/** Returns the length in bytes to which a text of this length is padded. */
export function paddedLength(length: number): number {
  if (length <= shortest) return shortest;
  const exponent = 31 - Math.clz32(length);
  const kept = 32 - Math.clz32(exponent);
  const step = 2 ** (exponent - kept);
  return Math.ceil(length / step) * step;
}
