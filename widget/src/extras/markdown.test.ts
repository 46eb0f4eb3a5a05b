import "../testing/frame";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ComponentChildren, VNode } from "preact";
import { Markdown } from "./markdown";

/** What is shown, as HTML with the attributes that matter. */
function html(shown: ComponentChildren): string {
  if (Array.isArray(shown)) return shown.map(html).join("");
  if (shown === null || shown === undefined || typeof shown === "boolean") return "";
  if (typeof shown !== "object") return String(shown).replace(/&/g, "&amp;").replace(/</g, "&lt;");
  const { type, props } = shown as VNode<{ children?: ComponentChildren; [name: string]: unknown }>;
  if (typeof type === "function") return html((type as (props: unknown) => ComponentChildren)(props));
  const attributes = ["href", "start", "checked"].map((name) => (props[name] === undefined ? "" : ` ${name}="${String(props[name])}"`));
  return `<${type}${attributes.join("")}>${html(props.children)}</${type}>`;
}

const shown = (text: string) => html(Markdown({ text, onTick() {} })).replace(/^<article>|<\/article>$/g, "").replace(/<br><\/br>/g, "<br>").replace(/(<t[hd]>) | (?=<\/t[hd]>)/g, "$1");

const cases: Record<string, [text: string, shown: string]> = {
  "a list's first number": ["5. five\n6. six", '<ol start="5"><li>five</li><li>six</li></ol>'],
  "a list over blank lines": ["1. one\n\n2. two\n\n\n3. three", "<ol start=\"1\"><li>one</li><li>two</li><li>three</li></ol>"],
  "a list with every number one": ["1. one\n\n1. two", "<ol start=\"1\"><li>one</li><li>two</li></ol>"],
  "a list that starts at nought": ["0. zero", '<ol start="0"><li>zero</li></ol>'],
  "a list by parentheses": ["3) three", '<ol start="3"><li>three</li></ol>'],
  "bullets over a blank line": ["- a\n\n- b", "<ul><li>a</li><li>b</li></ul>"],
  "a list and text behind it": ["1. one\n\ntext", "<ol start=\"1\"><li>one</li></ol><p>text</p>"],
  "another kind of list": ["- a\n1. one", "<ul><li>a</li></ul><ol start=\"1\"><li>one</li></ol>"],
  "parentheses in a link": ["[tea](https://en.example/Tea_(disambiguation))", '<p><a href="https://en.example/Tea_(disambiguation)">tea</a></p>'],
  "parentheses in an address": ["see https://en.example/Tea_(drink), or", '<p>see <a href="https://en.example/Tea_(drink)">https://en.example/Tea_(drink)</a>, or</p>'],
  "an address in parentheses": ["(https://en.example/tea)", '<p>(<a href="https://en.example/tea">https://en.example/tea</a>)</p>'],
  "a link in parentheses": ["([tea](https://en.example/a))", '<p>(<a href="https://en.example/a">tea</a>)</p>'],
  "a link to a script": ["[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"],
  "escapes": ["\\*not so\\* \\# \\[a\\](b) \\`c\\` 2\\_3 \\\\", "<p>*not so* # [a](b) `c` 2_3 \\</p>"],
  "an escape in bold": ["**a\\*b**", "<p><b>a*b</b></p>"],
  "a backslash before a letter": ["C:\\dir", "<p>C:\\dir</p>"],
  "no escapes in code": ["`a\\*b`", "<p><code>a\\*b</code></p>"],
  "an escaped number": ["1986\\. A great year", "<p>1986. A great year</p>"],
  "an escaped heading": ["\\# no", "<p># no</p>"],
  "tasks": ["- [ ] buy\n- [x] drink\n- [X] wash", '<ul><li><label><input checked="false"></input>buy</label></li><li><label><input checked="true"></input>drink</label></li><li><label><input checked="true"></input>wash</label></li></ul>'],
  "no task": ["- [y] no\n- [ ]none", "<ul><li>[y] no</li><li>[ ]none</li></ul>"],
  "a table": ["| Tea | °C |\n|---|--:|\n| Oolong | **90** |\n| Sencha |", "<table><tr><th>Tea</th><th>°C</th></tr><tr><td>Oolong</td><td><b>90</b></td></tr><tr><td>Sencha</td><td></td></tr></table>"],
  "a table without outer lines": ["a | b\n--- | ---\n1 | 2 \\| 3\n\ntext", "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2 | 3</td></tr></table><p>text</p>"],
  "no table": ["a | b\nc | d", "<p>a | b<br>c | d</p>"],
  "code in a list": ["- a\n\n  ```js\n  - [ ] **x**\n    y\n  ```\n- b", '<ul><li>a</li></ul><pre>  - [ ] **x**\n    y</pre><ul><li>b</li></ul>'],
  "code right after an item": ["1. a\n   ```\n   - [ ] x\n   ```\n2. b", '<ol start="1"><li>a</li></ol><pre>   - [ ] x</pre><ol start="2"><li>b</li></ol>'],
  "an item that is code": ["- a\n- ```\n  - [ ] x\n  ```\n- b", "<ul><li>a</li></ul><pre>  - [ ] x</pre><ul><li>b</li></ul>"],
  "code by tildes": ["~~~ md\n- [ ] x\n```\n~~~\n~~s~~", "<pre>- [ ] x\n```</pre><p><s>s</s></p>"],
  "code below a text": ["text\n  ~~~\n  - [ ] x\n  ~~~", "<p>text</p><pre>  - [ ] x</pre>"],
  "a longer fence": ["````\n```\n- [ ] x\n````` \ntext", "<pre>```\n- [ ] x</pre><p>text</p>"],
  "code that never ends": ["```\n- [ ] x", "<pre>- [ ] x</pre>"],
  "code in a quote": ["> 1. ```\n>    - [ ] x", "<blockquote><pre>   - [ ] x</pre></blockquote>"],
  "a list in a list, indented by four": ["- a\n    - b\n\n    - c\n\n        - d", "<ul><li>a</li><li>b</li><li>c</li><li>d</li></ul>"],
  "what it has always shown": ["# Tea\n\n**b** _i_ ~~s~~ `c`\n\n> q\n\n```\n*x*\n```", "<h2>Tea</h2><p><b>b</b> <i>i</i> <s>s</s> <code>c</code></p><blockquote><p>q</p></blockquote><pre>*x*</pre>"],
};

/** Ticks the tasks of a text one after the other, and returns the texts. */
function ticked(text: string): string[] {
  const texts: string[] = [];
  const tick = (shown: ComponentChildren): void => {
    if (Array.isArray(shown)) return shown.forEach(tick);
    const props = Object(Object(shown).props) as { type?: string; onChange?: () => void; children?: ComponentChildren };
    if (props.type === "checkbox") props.onChange!();
    tick(props.children ?? []);
  };
  tick(Markdown({ text, onTick: (text) => texts.push(text) }));
  return texts;
}

test("Markdown: a tick changes the character of its task, wherever that is", () => {
  assert.deepEqual(ticked("# [ ] no\n\n- [ ] buy [ ]\n\n  * [x] drink\n1. [X] wash"), [
    "# [ ] no\n\n- [x] buy [ ]\n\n  * [x] drink\n1. [X] wash",
    "# [ ] no\n\n- [ ] buy [ ]\n\n  * [ ] drink\n1. [X] wash",
    "# [ ] no\n\n- [ ] buy [ ]\n\n  * [x] drink\n1. [ ] wash",
  ]);
  assert.deepEqual(ticked("text\n> said\n> > - [ ] inside\n> - [ ] outside"), [
    "text\n> said\n> > - [x] inside\n> - [ ] outside",
    "text\n> said\n> > - [ ] inside\n> - [x] outside",
  ]);
  assert.deepEqual(ticked("```\n- [ ] code\n```\n- none"), []);
  for (const code of ["  ```\n  - [ ] code\n  ```", "~~~\n- [ ] code\n~~~", "\t```\n\t- [ ] code\n\n\t```", "- ```\n  - [ ] code\n  ```"]) {
    assert.deepEqual(ticked(`- [ ] before\n${code}\n- [ ] after`), [`- [x] before\n${code}\n- [ ] after`, `- [ ] before\n${code}\n- [x] after`]);
  }
});

for (const [name, [text, want]] of Object.entries(cases)) {
  test(`Markdown: ${name}`, () => assert.equal(shown(text), want));
}

test("Markdown: no text takes much longer than its length", () => {
  for (const part of ["(", "[a](", "[a](https://x(", "\\", "|", "| a |\n|-|\n", "1. a\n\n", "**a", "- [ ] ", "https://a(", "a|\n", "```\n", "~", "- ~~~\n", " ", "1"]) {
    const read = (size: number) => {
      const text = part.repeat(size / part.length);
      let steps = 0;
      const exec = RegExp.prototype.exec;
      RegExp.prototype.exec = function (s) { steps++; return exec.call(this, s); };
      try { shown(text); } finally { RegExp.prototype.exec = exec; }
      return steps;
    };
    assert(read(16384) < 20 * Math.max(read(1024), 20), part);
  }
});
