// The names of the files in a zip file (APPNOTE 6.3.10). Bit 11 of a file's flags says that its name is in UTF-8, and without it the name is
// in code page 437 (appendix D). Finder and Info-ZIP write UTF-8 without the bit, so the bytes themselves decide.

const flagOfUTF8 = 1 << 11;

/** Clears bit 11 of every file in the central directory, so that fflate returns each name as it is stored: a character for a byte. */
export function clearNameFlags(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end > Math.max(0, bytes.length - 65_558) && view.getUint32(end, true) !== 0x06054b50) end--; // §4.3.16; a comment may follow
  let count = view.getUint16(end + 8, true);
  let at = view.getUint32(end + 16, true);
  if (end >= 20 && view.getUint32(end - 20, true) === 0x07064b50) {
    const end64 = view.getUint32(end - 12, true); // §4.3.15
    if (view.getUint32(end64, true) === 0x06064b50) {
      count = view.getUint32(end64 + 32, true);
      at = view.getUint32(end64 + 48, true);
    }
  }
  for (; count > 0; count--) {
    view.setUint16(at + 8, view.getUint16(at + 8, true) & ~flagOfUTF8, true); // §4.3.12
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
}

/** Code page 437 from 0x80. */
const codePage437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

/** Returns a stored name as a path with slashes. Some programs for Windows write backslashes. */
export function decodeName(stored: string): string {
  const bytes = Uint8Array.from(stored, (character) => character.charCodeAt(0));
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    name = Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : codePage437[byte - 0x80])).join("");
  }
  return name.replaceAll("\\", "/").normalize("NFC");
}
