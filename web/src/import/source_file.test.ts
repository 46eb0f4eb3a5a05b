import assert from "node:assert/strict";
import { File as NodeFile } from "node:buffer";
import { test } from "node:test";
import { strToU8, zipSync } from "fflate";
import { readFiles, TooLargeError, maxBytes } from "./source_file";

globalThis.File ??= NodeFile; // Node 18 has no global one

const zipped = (files: Record<string, string | Uint8Array>) =>
  new File([zipSync(Object.fromEntries(Object.entries(files).map(([name, content]) => [name, typeof content === "string" ? strToU8(content) : content]))) as Uint8Array<ArrayBuffer>], "notes.zip");

const read = async (...files: File[]) => {
  const { files: found, skipped } = await readFiles(files);
  return { found: found.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]), skipped: skipped.map(({ path, reason }) => ({ path, reason })) };
};

/** Returns a zip file with one file of this name, with or without the flag of UTF-8. */
function named(name: number[], flag: boolean): File {
  const bytes = zipSync({ ["x".repeat(name.length)]: strToU8("text") }) as Uint8Array<ArrayBuffer>;
  const view = new DataView(bytes.buffer);
  const directory = view.getUint32(bytes.length - 6, true);
  view.setUint16(directory + 8, flag ? 1 << 11 : 0, true);
  bytes.set(name, directory + 46);
  return new File([bytes], "notes.zip");
}

test("files and the files in a zip file are read; what is no text is listed, and what systems add is not", async () => {
  assert.deepEqual(await read(new File(["one"], "one.md"), zipped({ "folder/two.txt": "two", "folder/picture.png": "PNG", "__MACOSX/folder/._two.txt": "x", "folder/.DS_Store": "x" }), new File(["x"], "a.pdf")), {
    found: [["one.md", "one"], ["folder/two.txt", "two"]],
    skipped: [{ path: "folder/picture.png", reason: "type" }, { path: "a.pdf", reason: "type" }],
  });
});

test("names in zip files are UTF-8 with the flag and, as of Finder and Info-ZIP, without it, and otherwise of code page 437", async () => {
  const utf8 = (name: string) => [...strToU8(name)];
  for (const [name, flag, want] of [
    [utf8("Grüße.md"), true, "Grüße.md"],
    [utf8("Gru\u0308ße.md"), false, "Grüße.md"],
    [utf8("緑茶/煎茶.md"), false, "緑茶/煎茶.md"],
    [utf8("é.md"), true, "é.md"],
    [[0x47, 0x72, 0x81, 0xe1, 0x65, 0x2e, 0x6d, 0x64], false, "Grüße.md"],
    [utf8("tea\\green\\Sencha.md"), false, "tea/green/Sencha.md"],
  ] as const) {
    assert.deepEqual(await read(named([...name], flag)), { found: [[want, "text"]], skipped: [] });
  }
});

test("each file says which zip file it is from, or none", async () => {
  const { files, skipped } = await readFiles([new File(["x"], "a.md"), zipped({ "a.md": "x", "b.png": "x" }), zipped({ "a.md": "x" }), new File(["x"], "b.md")]);
  assert.deepEqual(files.map(({ source }) => source), [0, 1, 2, 0]);
  assert.deepEqual(skipped, [{ source: 1, path: "b.png", reason: "type" }]);
});

test("a name that leads out of its folder is refused", async () => {
  const names = ["../up.md", "a/../../up.md", "/etc/up.md", "C:\\up.md", "..\\up.md"];
  const { found, skipped } = await read(zipped(Object.fromEntries(names.map((name) => [name, "x"]))));
  assert.deepEqual(found, []);
  assert.deepEqual(skipped, names.map((path) => ({ path: path.replaceAll("\\", "/"), reason: "name" })));
});

test("a zip file that is damaged is listed", async () => {
  const whole = new Uint8Array(await zipped({ "a.md": "x".repeat(1000) }).arrayBuffer());
  for (const broken of [new Uint8Array([1, 2, 3]), whole.slice(0, 60), whole.slice(40)]) {
    assert.deepEqual(await read(new File([broken], "broken.zip")), { found: [], skipped: [{ path: "broken.zip", reason: "damaged" }] });
  }
});

test("a zip bomb is refused before it is decompressed, by what its files state", async () => {
  const megabyte = new Uint8Array(1 << 20);
  const bomb = zipped(Object.fromEntries([...Array((maxBytes >> 20) + 1).keys()].map((n) => [`${n}.txt`, megabyte])));
  assert(bomb.size < 1 << 20, `the bomb has ${bomb.size} bytes`);
  assert((await readFiles([bomb]).catch((error) => error)) instanceof TooLargeError);
});

test("no more than it states is read of a file that states too little", async () => {
  const bytes = new Uint8Array(await zipped({ "a.txt": "x".repeat(100_000) }).arrayBuffer());
  const view = new DataView(bytes.buffer);
  const directory = view.getUint32(bytes.length - 6, true);
  view.setUint32(directory + 24, 10, true); // the size in the directory
  const { files } = await readFiles([new File([bytes], "a.zip")]);
  assert((files[0]?.bytes.length ?? 0) <= 10, `${files[0]?.bytes.length} bytes were read`);
});
