import "../testing/page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFiles } from "./formats";
import type { ImportedNote } from "./imported_note";

const file = (path: string, content: unknown, source = 0) => ({ source, path, bytes: new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content)) });
const content = ({ title, body, tags, pinned, trashed }: ImportedNote) => ({ title, body, tags, pinned, trashed });
const parse = (...files: ReturnType<typeof file>[]) => parseFiles({ files, skipped: [] });

/** A note as db/archive.go writes it. */
const exported = {
  id: "01938a5e-0000-7000-8000-000000000001", tenantId: "t_shop", tenant: "Hillside Tea", title: "Oolong: “spring”", body: "---\r\nOrder it.\n\n  – é ✓\n", tags: ["tea", "a, b"],
  context: { id: "p7", title: "Oolong", url: "https://shop.example/oolong" }, pinned: true, version: 3, createdAt: "2026-05-01T10:00:00Z", updatedAt: "2026-05-02T10:00:00.5Z", trashedAt: null,
};
const markdown = ({ body, ...fields }: typeof exported) => `---\n${Object.entries(fields).map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join("\n")}\n---\n\n${body}`;

test("our own export comes back as it was, from its JSON", () => {
  const trashed = { ...exported, id: exported.id.replace(/1$/, "2"), title: "", tags: [], pinned: false, context: undefined, trashedAt: "2026-05-03T10:00:00Z", updatedAt: "2026-05-01T10:00:00Z" };
  const { notes, skipped, repeated } = parse(
    file("account.json", { id: "u", displayName: "Robin" }),
    file("notes.json", [exported, trashed]),
    file("notes/Hillside Tea/2026-05-01 Oolong.md", markdown(exported)),
  );
  assert.deepEqual([skipped, repeated], [[], ["notes/Hillside Tea/2026-05-01 Oolong.md"]]);
  assert.deepEqual(notes.map(content), [
    { title: "", body: exported.body, tags: [], pinned: false, trashed: true },
    { title: exported.title, body: exported.body, tags: exported.tags, pinned: true, trashed: false },
  ]);
  assert.deepEqual([notes[1]!.tenant, notes[1]!.context], ["t_shop", exported.context]);
});

test("and from its Markdown alone", () => {
  const { notes } = parse(file("2026-05-01 Oolong.md", markdown(exported)));
  assert.deepEqual(content(notes[0]!), { title: exported.title, body: exported.body, tags: exported.tags, pinned: true, trashed: false });
  assert.deepEqual(notes[0]!.context, exported.context);
});

test("our own notes come back without a text, too, if they have tags or are pinned", () => {
  const bare = { ...exported, title: "", body: "", context: undefined };
  const { notes, skipped } = parse(
    file("notes.json", [{ ...bare, tags: ["tea"], pinned: false }, { ...bare, tags: [] }, { ...bare, tags: [], pinned: false }]),
    file("pinned.md", markdown({ ...bare, id: "another", tags: [] } as unknown as typeof exported)),
  );
  assert.deepEqual(notes.map(({ body, tags, pinned }) => [body, tags, pinned]), [["", ["tea"], false], ["", [], true], ["", [], true]]);
  assert.deepEqual(skipped, [{ path: "notes.json", reason: "empty" }]);
});

test("a note that could not be decrypted for the export is listed", () => {
  const sealed = { ...exported, title: "", body: "", sealed: "AAAA" };
  const { notes, skipped } = parse(file("notes.json", [sealed]), file("sealed.md", markdown({ ...sealed, id: "another" })));
  assert.deepEqual([notes, skipped], [[], [{ path: "notes.json", reason: "damaged" }, { path: "sealed.md", reason: "damaged" }]]);
});

test("a file of text is left out only if it says what the notes.json of the same folder or zip file says", () => {
  const markdownFile = markdown(exported);
  const simplenote = { activeNotes: [{ content: "Tea\r\n\r\nSecond steep.", tags: ["kitchen", "green tea"] }], trashedNotes: [] };
  const { notes, skipped, repeated } = parse(
    file("notes.json", [exported], 1),
    file("notes/Hillside Tea/Oolong.md", markdownFile, 1),
    file("notes/Hillside Tea/Oolong edited.md", markdownFile + "More.", 1),
    file("notes/Hillside Tea/mine.md", "Mine.", 1),
    file("notes/Hillside Tea/Oolong.md", markdownFile, 2),
    file("source/notes.json", simplenote, 3),
    file("Tea.txt", "Tea\r\n\r\nSecond steep.\n\nTags:\n  kitchen, green tea", 3),
    file("Coffee.txt", "Coffee", 3),
    file("Tea.txt", "Tea\r\n\r\nSecond steep.", 4),
  );
  assert.deepEqual(repeated, ["notes/Hillside Tea/Oolong.md", "Tea.txt"]);
  assert.deepEqual(skipped, []);
  assert.deepEqual(notes.map(({ path }) => path).sort(), [
    "Coffee.txt", "Tea.txt", "notes.json", "notes/Hillside Tea/Oolong edited.md", "notes/Hillside Tea/Oolong.md", "notes/Hillside Tea/mine.md", "source/notes.json",
  ]);
});

// As Google Takeout writes it: Takeout/Keep/<title>.json, beside the same as HTML.
test("Google Keep", () => {
  const { notes, skipped } = parse(
    file("Takeout/Keep/Tea.json", {
      color: "DEFAULT", isTrashed: false, isPinned: true, isArchived: false, textContent: "Second steep at 90 °C.", title: "Tea", userEditedTimestampUsec: 1714557600000000, createdTimestampUsec: 1714550000000000,
      labels: [{ name: "Kitchen" }], annotations: [{ description: "", source: "WEBLINK", title: "Shop", url: "https://shop.example/" }],
    }),
    file("Takeout/Keep/List.json", {
      color: "RED", isTrashed: true, isPinned: false, isArchived: false, title: "", userEditedTimestampUsec: 1714557500000000,
      listContent: [{ textHtml: "<p>Oolong</p>", text: "Oolong", isChecked: true }, { text: "Sencha", isChecked: false }],
    }),
    file("Takeout/Keep/Empty.json", { isTrashed: false, isPinned: false, textContent: "", title: " ", userEditedTimestampUsec: 1 }),
  );
  assert.deepEqual(notes.map(content), [
    { title: "", body: "- [x] Oolong\n- [ ] Sencha", tags: [], pinned: false, trashed: true },
    { title: "Tea", body: "Second steep at 90 °C.\n\nhttps://shop.example/", tags: ["Kitchen"], pinned: true, trashed: false },
  ]);
  assert.deepEqual(skipped, [{ path: "Takeout/Keep/Empty.json", reason: "empty" }]);
});

// The folder has a name in the person's language, such as Google Notizen.
test("Google Keep: the labels and the notes as HTML are left out, attached files are named, and the archive is a tag", () => {
  const keep = { isTrashed: false, isPinned: false, userEditedTimestampUsec: 1 };
  const skipped = (path: string, source = 1) => ({ source, path, reason: "type" as const });
  const found = parseFiles({
    files: [
      file("Takeout/Google Notizen/Picture.json", { ...keep, textContent: "", attachments: [{ filePath: "abc.jpg", mimetype: "image/jpeg" }, { filePath: "voice.3gp", mimetype: "audio/3gpp" }] }, 1),
      file("Takeout/Google Notizen/Old.json", { ...keep, isArchived: true, textContent: "Old", labels: [{ name: "tea" }], userEditedTimestampUsec: 2 }, 1),
      file("Takeout/Google Notizen/Labels.txt", "tea\n", 1),
      file("Labels.txt", "mine", 2),
    ],
    skipped: [
      skipped("Takeout/archive_browser.html"), skipped("Takeout/Google Notizen/Picture.html"), skipped("Takeout/Google Notizen/Old.html"), skipped("Takeout/Google Notizen/abc.jpeg"),
      skipped("Takeout/Google Notizen/other.png"), skipped("Takeout/Google Notizen/page.html"), skipped("Takeout/Google Notizen/Old.html", 2),
    ],
  });
  assert.deepEqual(found.notes.map(({ body, tags, archived = false, attachments = 0 }) => [body, tags, archived, attachments]), [
    ["mine", [], false, 0],
    ["📎 abc.jpg\n📎 voice.3gp", [], false, 2],
    ["Old", ["archive", "tea"], true, 0],
  ]);
  assert.deepEqual(found.skipped, [
    { path: "Takeout/Google Notizen/abc.jpeg", reason: "attachment" },
    { path: "Takeout/Google Notizen/other.png", reason: "type" },
    { path: "Takeout/Google Notizen/page.html", reason: "type" },
    { path: "Takeout/Google Notizen/Old.html", reason: "type" },
  ]);
});

// As Simplenote exports it: source/notes.json, and the same as text files.
test("Simplenote", () => {
  const { notes, skipped } = parse(
    file("source/notes.json", {
      activeNotes: [{ id: "a1", content: "Tea\r\n\nSecond steep.", creationDate: "2024-05-01T10:00:00.000Z", lastModified: "2024-05-01T10:00:00.000Z", tags: ["kitchen"], pinned: true, markdown: true }],
      trashedNotes: [{ id: "b2", content: "Old", creationDate: "2023-05-01T10:00:00.000Z", lastModified: "2023-05-01T10:00:00.000Z" }],
    }),
    file("Tea.txt", "Tea\r\n\nSecond steep."),
    file("trash/Old.txt", "Old"),
  );
  assert.deepEqual(notes.map(content), [
    { title: "Old", body: "", tags: [], pinned: false, trashed: true },
    { title: "Tea", body: "Second steep.", tags: ["kitchen"], pinned: true, trashed: false },
  ]);
  assert.deepEqual(skipped, []);
});

test("files of Markdown and text have their name as the title, and may have a front matter", () => {
  const { notes } = parse(
    file("folder/Shopping list.md", "# Tea\n\n- oolong\n"),
    file("b.txt", "---\nnot a front matter\n---\n\ntext"),
    file("c.md", "---\ntitle: The 'best' tea\ntags: [tea, \"green tea\"]\ndate: 2024-05-01\n---\nText\n"),
    file("d.md", "---\ntags:\n  - one\n  - two\n---\n\nText"),
  );
  assert.deepEqual(notes.map(({ title, body, tags }) => [title, body, tags]), [
    ["Shopping list", "# Tea\n\n- oolong\n", []],
    ["b", "---\nnot a front matter\n---\n\ntext", []],
    ["The 'best' tea", "Text\n", ["tea", "green tea"]],
    ["d", "Text", ["one", "two"]],
  ]);
});

test("encodings: UTF-8 and UTF-16 with their marks, and Windows-1252", () => {
  const bytes = (path: string, ...values: number[]) => ({ source: 0, path, bytes: Uint8Array.from(values) });
  const files = [
    bytes("a.txt", 0xef, 0xbb, 0xbf, 0xc3, 0xa9),
    bytes("b.txt", 0xff, 0xfe, 0xe9, 0x00),
    bytes("c.txt", 0xfe, 0xff, 0x00, 0xe9),
    bytes("d.txt", 0xe9, 0x21),
    bytes("e.txt", 0x41, 0x00, 0x42),
    bytes("f.json", 0x7b),
  ];
  const { notes, skipped } = parseFiles({ files, skipped: [] });
  assert.deepEqual(notes.map(({ body }) => body), ["é", "é", "é", "é!"]);
  assert.deepEqual(skipped, [{ path: "f.json", reason: "damaged" }, { path: "e.txt", reason: "damaged" }]);
});

test("limits: what doesn't fit is shortened where nothing is lost, and listed otherwise", () => {
  const { notes, skipped } = parse(
    file("long.txt", "x".repeat(65_537)),
    file("fits.txt", "x".repeat(65_536)),
    file("empty.md", " \n"),
    file("notes.json", [{ ...exported, title: "t".repeat(201), body: "b", tags: [...Array(30).keys()].map(String).concat("x".repeat(51)), context: { id: "p", title: "", url: "javascript:alert(1)" } }]),
    file("other.json", { some: "thing" }),
  );
  assert.deepEqual(skipped, [{ path: "other.json", reason: "type" }, { path: "long.txt", reason: "long" }, { path: "empty.md", reason: "empty" }]);
  const own = notes.find(({ tenant }) => tenant)!;
  assert.deepEqual([own.title, own.body, own.tags.length, own.context], ["t".repeat(199) + "…", "t".repeat(201) + "\n\nb", 20, { id: "p", title: "", url: "" }]);
  assert.equal(notes.length, 2);
});

test("what the server refuses is taken out of titles, texts, tags and pages before", () => {
  const page = { id: "p".repeat(200), title: "a \0 b\n" + "t".repeat(300), url: "https://shop.example/" + "u".repeat(2000) };
  const { notes } = parse(
    file("notes.json", [
      { ...exported, title: "a\0b", body: "c\0d\ud800", tags: ["e\0f"], context: page },
      { ...exported, title: "spaced" + " ".repeat(195), context: { ...page, id: "p".repeat(201) } },
      { ...exported, title: "t", context: { id: "p\u0007", title: "", url: "" } },
    ]),
    file("Keep.json", { isTrashed: false, userEditedTimestampUsec: 1e18, title: "k\0", textContent: "\0" }),
  );
  assert.deepEqual(notes.map(({ title, body, tags }) => [title, body, tags]), [
    ["ab", "cd\ufffd", ["ef"]],
    ["spaced", exported.body, exported.tags],
    ["t", exported.body, exported.tags],
    ["k", "", []],
  ]);
  assert.deepEqual(notes.map(({ context }) => context), [{ id: page.id, title: ("a b " + "t".repeat(300)).slice(0, 200), url: "" }, undefined, undefined, undefined]);
});

test("the preview knows the tags that a note can't have", () => {
  const long = "é".repeat(51);
  const many = [...Array(22).keys()].map(String);
  const { notes } = parse(
    file("notes.json", [
      { ...exported, title: "long", tags: [" tea", long, long, "tea", " ", "é".repeat(50)], updatedAt: "2026-05-01T10:00:00Z" },
      { ...exported, title: "many", tags: [long, ...many, "0"], updatedAt: "2026-05-02T10:00:00Z" },
    ]),
  );
  assert.deepEqual(notes.map(({ tags, omittedTags }) => [tags, omittedTags]), [
    [["tea", "é".repeat(50)], [long]],
    [many.slice(0, 20), [long, "20", "21"]],
  ]);
  assert.equal(parse(file("notes.json", [exported])).notes[0]!.omittedTags, undefined);
});
