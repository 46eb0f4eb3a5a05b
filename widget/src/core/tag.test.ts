import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTags, TagField } from "./tag";

test("a comma of any script ends a tag", () => {
  assert.deepEqual(parseTags("tea, green،شاي、日本茶，茶").tags, ["tea", "green", "شاي", "日本茶", "茶"]);
  assert.deepEqual(new TagField().type("tea, green،شاي、日本茶，茶"), ["tea", "green", "شاي", "日本茶", "茶"]);
});

test("tags are trimmed, and neither empty nor repeated", () => {
  assert.deepEqual(parseTags(" tea ,, tea,\tgreen tea ,").tags, ["tea", "green tea"]);
  assert.deepEqual(new TagField().type(" tea ,, tea,\tgreen tea ,"), ["tea", "green tea"]);
});

test("control characters are dropped", () => {
  assert.deepEqual(parseTags("te\0a,gre\x1ben").tags, ["tea", "green"]);
});

test("a line of text is parsed into tags that a note may have, and tags that are refused", () => {
  const [long, short] = ["🍵".repeat(51), "🍵".repeat(50)];
  assert.deepEqual(parseTags(`tea, ${long}, ${short}`), { tags: ["tea", short], refused: [long] });
  const many = Array.from({ length: 22 }, (_, i) => `tag ${i}`);
  assert.deepEqual(parseTags(many.join()), { tags: many.slice(0, 20), refused: many.slice(20) });
});

test("text of an input method becomes a tag only when its composition ends", () => {
  const field = new TagField();
  for (const text of ["n", "に", "にほn", "日本、茶", "日本茶"]) field.compose(text);
  field.show([]);
  assert.equal(field.text, "日本茶", "and a paint leaves it as it is");
  assert.deepEqual(field.type("日本茶"), ["日本茶"]);
  assert.deepEqual(field.finished, []);
});

test("a tag that is too long is refused at the field", () => {
  const field = new TagField();
  const [long, short] = ["🍵".repeat(51), "🍵".repeat(50)];
  assert.deepEqual(field.type(`tea, ${long}, ${short},`), ["tea", short]);
  assert.equal(field.text, `${long},`, "nothing that was typed is lost");
  assert(field.overLimit);
  assert.deepEqual(field.type(long), ["tea", short]);
  assert(field.overLimit, "while it is typed, too");
  field.type("green");
  assert(!field.overLimit);
});

test("a note has no more tags than the server takes", () => {
  const field = new TagField();
  assert.equal(field.type(Array.from({ length: 22 }, (_, i) => `tag ${i}`).join() + ",").length, 20);
  assert.equal(field.text, "tag 20,tag 21,");
  assert(field.overLimit);
  field.type("");
  assert(!field.overLimit);
  field.type("tag 3");
  assert(!field.overLimit, "a tag that the note has already does not count again");
});

test("the field follows tags that were not typed in it", () => {
  const field = new TagField();
  field.show(field.type("tea, gre"));
  assert.equal(field.text, " gre", "the tag that is being typed stays in the field");
  assert.deepEqual(field.finished, ["tea"]);
  field.show(["tea", "black"]);
  assert.equal(field.text, "");
  assert.deepEqual(field.finished, ["tea", "black"]);
});

test("a finished tag can be removed, and the text that is being typed stays", () => {
  const field = new TagField();
  field.type("tea, green, bla");
  assert.deepEqual(field.remove("tea"), ["green", "bla"]);
  assert.equal(field.text, " bla");
});
