import assert from "node:assert/strict";
import { test } from "node:test";
import { followChanges, retryAfter } from "./changes";
import type { Change } from "./note";

// Node 18 lacks it.
AbortSignal.any ??= (signals) => {
  const any = new AbortController();
  for (const signal of signals) signal.addEventListener("abort", () => any.abort(signal.reason));
  return any.signal;
};

// What waits a second, here waits a millisecond.
const { setTimeout: timeout } = globalThis;
globalThis.setTimeout = ((act: () => void, wait = 0) => timeout(act, wait / 1000)) as typeof setTimeout;

const event = (id: string) => `event: next\ndata: {"data":{"noteChanged":{"id":"${id}","note":null}}}\n\n`;

/** A response that sends these parts, and then breaks off. */
const stream = (...parts: string[]) => new Response(new Blob(parts).stream());

/** Follows a stream with connections that get these responses. After the last, the session has ended. Returns all events. */
async function follow(responses: (() => Response | Promise<Response>)[], missed?: boolean, sessions = 0): Promise<string[]> {
  const heard: string[] = [];
  await followChanges(
    {
      open: async () => (heard.push("open"), responses.shift()?.() ?? new Response(null, { status: 401 })),
      onChange: ({ id }: Change) => heard.push(id),
      onGap: () => heard.push("gap"),
      onEnd: () => (heard.push("end"), !!sessions--),
    },
    new AbortController().signal,
    missed,
  );
  return heard;
}

test("each change is heard, and the end of the session", async () => {
  assert.deepEqual(await follow([() => stream(event("a"), event("b"))]), ["open", "a", "b", "open", "end"]);
});

test("a change may come in parts, and with others", async () => {
  const text = event("a") + ":\n\n" + event("b");
  for (const at of [1, 20, text.length - 1]) {
    const response = () =>
      new Response(new ReadableStream({
        start(controller) {
          for (const part of [text.slice(0, at), text.slice(at)]) controller.enqueue(new TextEncoder().encode(part));
          controller.close();
        },
      }));
    assert.deepEqual(await follow([response]), ["open", "a", "b", "open", "end"]);
  }
});

test("after a break something may have been missed, and is looked for once the stream is back", async () => {
  const responses = [() => stream(":\n\n"), () => Promise.reject(new TypeError("no network")), () => new Response("busy", { status: 503 }), () => stream(event("a"))];
  assert.deepEqual(await follow(responses), ["open", "open", "open", "open", "gap", "a", "open", "end"]);
});

test("what was missed before the first connection is looked for, too", async () => {
  assert.deepEqual(await follow([() => stream(event("a"))], true), ["open", "gap", "a", "open", "end"]);
});

test("comments and other data are no changes", async () => {
  assert.deepEqual(await follow([() => stream(":\n\n", "event: complete\ndata:\n\n", 'data: {"data":null}\n\n', event("a"))]), ["open", "a", "open", "end"]);
});

test("with another session it goes on, and looks for what was missed", async () => {
  const ended = () => new Response(null, { status: 401 });
  assert.deepEqual(await follow([() => stream(event("a")), ended, () => stream(event("b"))], false, 1), ["open", "a", "open", "end", "open", "gap", "b", "open", "end"]);
});

test("it is over with its signal", async () => {
  const end = new AbortController();
  let opened = 0;
  await followChanges(
    {
      open: () => {
        if (++opened === 3) end.abort();
        return Promise.reject(new TypeError("no network"));
      },
      onChange() {},
      onGap() {},
      onEnd: () => (assert(false, "the session goes on"), false),
    },
    end.signal,
  );
  assert.equal(opened, 3);
});

const waits: [header: string | undefined, least: number, most: number][] = [
  [undefined, 0, 0], ["", 0, 0], ["7", 7000, 7000], ["soon", 0, 0], ["-1", 0, 0], ["86400", 300_000, 300_000],
  [new Date(Date.now() + 60_000).toUTCString(), 50_000, 60_000], [new Date(0).toUTCString(), 0, 0],
];

for (const [header, least, most] of waits) {
  test(`Retry-After: ${header}`, () => {
    const wait = retryAfter(new Response(null, header === undefined ? {} : { headers: { "Retry-After": header } }));
    assert(wait >= least && wait <= most, `${wait}`);
  });
}
