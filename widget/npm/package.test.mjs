import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const here = import.meta.dirname;

test("what is in dist is what the sources give", () => {
  const made = mkdtempSync(join(tmpdir(), "aside-npm-"));
  execFileSync("npx", ["tsc", "-p", here, "--outDir", made]);
  assert.deepEqual(readdirSync(made), readdirSync(join(here, "dist")));
  for (const file of readdirSync(made)) assert.equal(readFileSync(join(here, "dist", file), "utf8"), readFileSync(join(made, file), "utf8"), file);
});

test("the reference is what the types say", () => {
  execFileSync("node", [join(here, "../../tools/element.mjs"), "--check"]);
});

test("the reference has each attribute that the loader reads", () => {
  const [, read] = /const attributes = \[(.*)\]/.exec(readFileSync(join(here, "../src/loader.ts"), "utf8"));
  const [, attributes] = readFileSync(join(here, "../../docs/element.md"), "utf8").split("\n## ");
  for (const [, name] of read.matchAll(/"(\w+)"/g)) assert.match(attributes, new RegExp("^\\| `" + name + "`", "m"));
});

test("the React wrapper weighs less than 1,200 bytes", () => {
  const weight = gzipSync(readFileSync(join(here, "dist/react.js")), { level: 9 }).length;
  assert.ok(weight <= 1200, `${weight} bytes`);
});

test("on a server nothing is loaded, and the element is rendered", async () => {
  const { load } = await import("./dist/index.js");
  await load("https://notes.example");
  const { createElement } = await import("react");
  const { renderToString } = await import("react-dom/server");
  const { AsideNotes } = await import("./dist/react.js");
  const html = renderToString(createElement(AsideNotes, { frameOrigin: "https://notes.example", tenant: "t_shop", theme: "dark", variables: { accent: "#7a1f2b" } }));
  assert.equal(html, `<aside-notes style="display:block;min-height:240px" variables="{&quot;accent&quot;:&quot;#7a1f2b&quot;}" tenant="t_shop" theme="dark"></aside-notes>`);
});
