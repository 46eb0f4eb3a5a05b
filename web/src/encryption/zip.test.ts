import assert from "node:assert/strict";
import { test } from "node:test";
import { zip } from "./zip";

/** Reads a zip file without compression and without a comment, by its directory. */
function read(bytes: ArrayBuffer): Map<string, string> {
  const view = new DataView(bytes);
  const text = (start: number, length: number) => new TextDecoder().decode(bytes.slice(start, start + length));
  const short = (at: number) => view.getUint16(at, true);
  const long = (at: number) => view.getUint32(at, true);
  const end = bytes.byteLength - 22;
  const files = new Map<string, string>();
  for (let at = long(end + 16), left = short(end + 10); left; left--) {
    const [length, offset] = [short(at + 28), long(at + 42)];
    files.set(text(at + 46, length), text(offset + 30 + short(offset + 26) + short(offset + 28), long(at + 20)));
    at += 46 + length;
  }
  return files;
}

test("a zip file has the texts by their names", async () => {
  const files = new Map([["notes/Tee & Käse.md", "Grün ✓\n"], ["empty", ""]]);
  assert.deepEqual(read(await zip(files).arrayBuffer()), files);
});

// The check value of the CRC catalog.
test("the checksum is CRC-32", async () => {
  const bytes = await zip(new Map([["a", "123456789"]])).arrayBuffer();
  assert.equal(new DataView(bytes).getUint32(14, true), 0xcbf43926);
});
