// A zip file without compression (APPNOTE 6.3.10), for exports that are made in the browser.
import { concat, type Bytes } from "../../../widget/src/encryption/encoding";
import { utf8 } from "../../../widget/src/bytes";

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

/** CRC-32 of ISO 3309 (§4.4.7). */
function crc32(bytes: Bytes): number {
  let crc = -1;
  for (const byte of bytes) crc = table[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Returns numbers in little-endian order, of 2 bytes or, after "L", of 4. */
function fields(format: string, ...values: number[]): Bytes {
  const bytes = new Uint8Array([...format].reduce((length, size) => length + (size === "L" ? 4 : 2), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  [...format].forEach((size, i) => {
    if (size === "L") view.setUint32(at, values[i]!, true);
    else view.setUint16(at, values[i]!, true);
    at += size === "L" ? 4 : 2;
  });
  return bytes;
}

const version = 20;
const utf8Names = 1 << 11;

/** Returns the zip file of texts by their paths. It has at most 65,535 files and 4 GiB. */
export function zip(files: Map<string, string>, now = new Date()): Blob {
  const time = (now.getHours() << 11) | (now.getMinutes() << 5) | (now.getSeconds() >> 1);
  const day = ((now.getFullYear() - 1980) << 9) | ((now.getMonth() + 1) << 5) | now.getDate();
  const parts: Bytes[] = [];
  const directory: Bytes[] = [];
  let offset = 0;
  for (const [path, text] of files) {
    const [name, content] = [utf8(path), utf8(text)];
    const header = fields("SSSSSLLLSS", version, utf8Names, 0, time, day, crc32(content), content.length, content.length, name.length, 0);
    parts.push(concat(fields("L", 0x04034b50), header, name, content));
    directory.push(concat(fields("LS", 0x02014b50, version), header, fields("SSSLL", 0, 0, 0, 0, offset), name));
    offset += 4 + header.length + name.length + content.length;
  }
  const size = directory.reduce((length, entry) => length + entry.length, 0);
  const end = fields("LSSSSLLS", 0x06054b50, 0, 0, files.size, files.size, size, offset, 0);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}
