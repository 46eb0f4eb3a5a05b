import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = fileURLToPath(new URL(".", import.meta.url));

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
  const [, read] = /const attributes = "(.*)"\.split/.exec(readFileSync(join(here, "../src/loader.ts"), "utf8"));
  const [, attributes] = readFileSync(join(here, "../../docs/element.md"), "utf8").split("\n## ");
  for (const [, name] of read.matchAll(/(\w+)/g)) assert.match(attributes, new RegExp("^\\| `" + name + "`", "m"));
});

for (const wrapper of ["react", "vue"]) {
  test(`the wrapper for ${wrapper} weighs less than 1,200 bytes`, () => {
    const weight = gzipSync(readFileSync(join(here, `dist/${wrapper}.js`)), { level: 9 }).length;
    assert.ok(weight <= 1200, `${weight} bytes`);
  });
}

test("a framework that renders on the server is told which code is the browser's", () => {
  assert.match(readFileSync(join(here, "dist/react.js"), "utf8"), /^"use client";/);
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

test("what is not hidden is not rendered as hidden, in React 18 and 19", async () => {
  for (const from of [here, join(here, "../../e2e/frameworks")]) {
    const project = consumer(from);
    writeFileSync(
      join(project, "render.mjs"),
      `import { createElement } from "react";
       import { renderToStaticMarkup } from "react-dom/server";
       import { AsideNotes } from "@aside/widget/react";
       for (const hidden of [false, undefined, true]) console.log(/ hidden=/.test(renderToStaticMarkup(createElement(AsideNotes, { frameOrigin: "", tenant: "t_shop", hidden }))));`,
    );
    assert.equal(execFileSync("node", [join(project, "render.mjs")], { encoding: "utf8" }), "false\nfalse\ntrue\n", from);
  }
});

test("on a server Vue renders the element", async () => {
  const { createSSRApp, h } = await import("vue");
  const { renderToString } = await import("vue/server-renderer");
  const { AsideNotes } = await import("./dist/vue.js");
  const app = createSSRApp(() => h(AsideNotes, { frameOrigin: "https://notes.example", tenant: "t_shop", visitor: null, assertion: async () => "", variables: { accent: "#7a1f2b" }, class: "notes" }));
  assert.equal(await renderToString(app), `<aside-notes style="display:block;min-height:240px;" tenant="t_shop" variables="{&quot;accent&quot;:&quot;#7a1f2b&quot;}" class="notes"></aside-notes>`);
});

// A project of somebody who has installed the package, and the packages that are found from a directory of ours.
function consumer(from) {
  const project = mkdtempSync(join(tmpdir(), "aside-consumer-"));
  const modules = join(project, "node_modules");
  mkdirSync(join(modules, "@aside/widget"), { recursive: true });
  for (const file of ["package.json", "dist"]) cpSync(join(here, file), join(modules, "@aside/widget", file), { recursive: true });
  const resolve = createRequire(join(from, "package.json")).resolve;
  for (const name of ["react", "react-dom"]) symlinkSync(join(resolve(name + "/package.json"), ".."), join(modules, name));
  for (const name of ["@types", "vue", "csstype"]) symlinkSync(join(here, "../../node_modules", name), join(modules, name));
  writeFileSync(join(project, "package.json"), '{"type": "module"}');
  return project;
}

// What may be written, and what is a mistake that the compiler finds.
const typed = `
import { load, type AsideNotesElement } from "@aside/widget";
import { AsideNotes } from "@aside/widget/react";
import { AsideNotes as VueNotes } from "@aside/widget/vue";
import { h } from "vue";

void load("https://notes.example", { nonce: "r4nd0m" });
(window.asideQueue ??= []).push(() => document.querySelector("aside-notes")!.open());
document.addEventListener("aside:error", ({ detail }) => detail.code.trim());
document.addEventListener("asideerror", ({ detail }) => detail.help.trim());
window.addEventListener("aside:ready", ({ detail }) => detail satisfies null);
document.body.addEventListener("aside:signedout", () => {});
const notes: AsideNotesElement = document.createElement("aside-notes");
notes.assertion = async ({ nonce }) => nonce.trim();
notes.variables = { accent: "#7a1f2b" };
notes.visitor = null;

export const wrapped = <AsideNotes frameOrigin="https://notes.example" tenant="t_yourkey" visitor={null} hidden={false} onError={({ code }) => code.trim()} />;
export const plain = <aside-notes tenant="t_yourkey" className="notes" assertion={async ({ nonce }) => nonce} variables={{ accent: "#7a1f2b" }} onasideerror={({ detail }) => detail.code.trim()} />;
export const vue = h(VueNotes, { frameOrigin: "https://notes.example", tenant: "t_yourkey", visitor: null, onError: ({ code }) => void code.trim() });

// @ts-expect-error it has a tenant
export const whose = <AsideNotes frameOrigin="https://notes.example" />;
// @ts-expect-error there is no such theme
export const pink = <aside-notes tenant="t_yourkey" theme="pink" />;
// @ts-expect-error a tenant is a text
export const number = h(VueNotes, { frameOrigin: "https://notes.example", tenant: 7 });
// @ts-expect-error it has no code
document.addEventListener("aside:ready", ({ detail }) => detail.code);
`;

test("the types say what may be written", () => {
  const project = consumer(here);
  writeFileSync(join(project, "app.tsx"), typed);
  const compilerOptions = { strict: true, noEmit: true, jsx: "react-jsx", module: "esnext", moduleResolution: "bundler", target: "es2022", lib: ["es2023", "dom", "dom.iterable"], types: [], skipLibCheck: false };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["app.tsx"] }));
  try {
    execFileSync(join(here, "../../node_modules/.bin/tsc"), ["-p", project], { encoding: "utf8" });
  } catch ({ stdout }) {
    assert.fail(stdout);
  }
});
