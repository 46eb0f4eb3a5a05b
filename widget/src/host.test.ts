import "./testing/frame";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "./core/problem";
import { requestAssertion, connectHost, reportError, reportHeight } from "./host";
import { page as namedPage } from "./page";

const page = "https://shop.example";

interface Message {
  type: string;
  v: number;
  id?: string;
  [name: string]: unknown;
}

/** What the frame has said to the page. */
const said: Message[] = [];
/** Has the frame hear a message. */
let hear: (event: { source: unknown; origin: string; data: unknown }) => void = () => {};
/** Waits for what the frame has started. */
const { setTimeout: later } = globalThis;
const settle = () => new Promise<void>((next) => later(next, 1));
const timers: (() => void)[] = [];

const parent = { postMessage: (message: Message, target: string) => void (assert.equal(target, page), said.push(message)) };
Object.assign(globalThis, {
  parent,
  addEventListener: (name: string, listener: typeof hear) => void (name === "message" && (hear = listener)),
  setTimeout: (act: () => void) => timers.push(act),
  getComputedStyle: () => ({ backgroundColor: "", color: "" }),
  CSS: { supports: () => true },
  OffscreenCanvas: class {
    getContext() {
      return { fillRect() {}, getImageData: () => ({ data: [0, 0, 0, 255] }) };
    }
  },
});
Object.assign(document, { title: "Your notes" });
const style = { colorScheme: "", color: "", setProperty() {} };
Object.assign(document.documentElement, { style });

const commands: string[] = [];
connectHost(() => commands.push("start"), {
  open: () => commands.push("open"),
  close: () => commands.push("close"),
  signout: () => commands.push("signout"),
  update: (another) => commands.push(another ? "another" : "update"),
});

const fromPage = (type: string, data: object = {}) => hear({ source: parent, origin: page, data: { type: "aside:" + type, v: 1, ...data } });
/** Returns what happened since the last call. */
const done = () => commands.splice(0);

/** Returns the question that was asked last, as soon as it is. */
async function asked(): Promise<Message> {
  for (let i = 0; ; i++) {
    const question = said.find(({ type }) => type === "aside:assertion-request");
    if (question) return said.splice(said.indexOf(question), 1)[0]!;
    assert(i < 1000, "nothing is asked");
    await settle();
  }
}

test("the frame says hello, and starts when the page answers", () => {
  assert.deepEqual(said.splice(0), [{ type: "aside:hello", v: 1, title: "Your notes" }]);
  assert.deepEqual(done(), []);
  fromPage("init", { visitor: "joe" });
  assert.deepEqual(done(), ["start"]);
  fromPage("init", { visitor: "joe" });
  assert.deepEqual(done(), [], "and it starts once");
});

test("nobody but the page is heard", () => {
  const data = { type: "aside:open", v: 1 };
  hear({ source: {}, origin: page, data });
  hear({ source: parent, origin: "https://other.example", data });
  hear({ source: parent, origin: page, data: { ...data, v: 2 } });
  hear({ source: parent, origin: page, data: null });
  hear({ source: parent, origin: page, data: "aside:open" });
  fromPage("constructor");
  fromPage("assertion", { id: "unknown", jwt: "a.b.c" });
  assert.deepEqual(done(), []);
  assert.deepEqual(said, []);
});

test("a command is done", () => {
  for (const name of ["open", "close", "signout"]) fromPage(name, { visitor: "joe" });
  assert.deepEqual(done(), ["open", "close", "signout"]);
});

test("an update says whether it names another visitor", () => {
  fromPage("update", { visitor: "joe", theme: "dark" });
  assert.equal(style.colorScheme, "dark");
  fromPage("update", { visitor: "ann" });
  fromPage("update", { visitor: "" });
  fromPage("update", { visitor: "joe" });
  assert.deepEqual(done(), ["update", "another", "another", "update"]);
});

const answers: Record<string, [answer: object, want: string]> = {
  "an assertion": [{ jwt: "a.b.c" }, "a.b.c"],
  "a ticket": [{ ticket: "tk_1" }, "tk_1"],
  "nobody": [{ jwt: null }, ""],
};

for (const [name, [answer, want]] of Object.entries(answers)) {
  test(`the page answers with ${name}`, async () => {
    const answered = requestAssertion();
    const { id, nonce } = await asked();
    assert(nonce, "an assertion is made for the frame's key");
    fromPage("assertion", { id: id + "x", jwt: "of.another.question" });
    fromPage("assertion", { id, ...answer });
    assert.equal(await answered, want);
  });
}

test("a page that can't say who is there says why", async () => {
  const answered = requestAssertion().catch((thrown) => thrown);
  fromPage("assertion", { id: (await asked()).id, error: "no such function" });
  const problem: Problem = await answered;
  assert.equal(problem.code, "assertion_rejected");
  assert.equal(problem.message, "no such function");
});

test("a page that says nothing is not waited for", async () => {
  timers.length = 0;
  const answered = requestAssertion().catch((thrown) => thrown);
  await asked();
  for (const timer of timers) timer();
  assert.equal((await answered).code, "network");
  fromPage("update", { visitor: "joe" });
  assert.deepEqual(said, [], "and not asked again");
  assert.deepEqual(done(), ["update"]);
});

test("what was asked is asked again after an update", async () => {
  const answered = requestAssertion();
  const first = await asked();
  fromPage("update", { visitor: "ann" });
  const second = await asked();
  assert.equal(second.id, first.id);
  fromPage("assertion", { id: second.id, jwt: "ann's" });
  assert.equal(await answered, "ann's");
  assert.deepEqual(done(), ["another"]);
});

test("an error is reported by its code, with a place to read more", () => {
  said.length = 0;
  reportError("network");
  assert.deepEqual(said, [
    { type: "aside:error", v: 1, code: "network", message: "The connection failed. Please try again.", help: "https://frame.example/help#network" },
  ]);
});

test("a page that names itself is asked for its title at each use of the frame", () => {
  const root = Object.assign(document.documentElement, { getBoundingClientRect: () => ({ height: 100 }) as DOMRect });
  Object.assign(globalThis, { ResizeObserver: class { observe() {} } });
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  reportHeight();
  const use = (event: "onpointerup" | "onkeyup") => {
    said.length = 0;
    (root[event] as () => void)();
    return said.splice(0).map(({ type }) => type);
  };
  fromPage("update", {});
  assert.deepEqual([use("onpointerup"), use("onkeyup")], [["aside:resize"], ["aside:resize"]]);
  fromPage("update", { context: "tea", page: ["The page before", page + "/tea"], theme: "dark" });
  const kept = namedPage; // by a note that is not saved yet
  assert.deepEqual([use("onpointerup"), use("onkeyup")], [["aside:resize", "aside:hello"], ["aside:resize", "aside:hello"]]);
  fromPage("init", { context: "tea", page: ["Green tea", page + "/tea?size=s"], theme: "light" });
  assert.deepEqual(kept, { id: "tea", title: "Green tea", url: page + "/tea?size=s" });
  assert.equal(style.colorScheme, "dark", "the answer changes nothing else");
  done();
});
