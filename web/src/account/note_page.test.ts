import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.window = globalThis as unknown as typeof window;
globalThis.location = { search: "", hash: "", pathname: "/account" } as Location;
globalThis.history = { replaceState() {} } as unknown as History;
globalThis.document = { addEventListener() {} } as unknown as Document;
globalThis.sessionStorage = { getItem: () => null } as unknown as Storage;
globalThis.addEventListener = () => {};
const { readPage } = await import("./note_page");

const many = (n: number) => Array.from({ length: n }, (_, i) => "n" + i);

for (const [name, pages, sizes, last] of [
  ["a short page is followed by the next one", [["a"], [], many(18), ["b"], ["c"]], [1, 0, 18, 1], "4"],
  ["a full page is not", [many(20), ["b"]], [20], "1"],
  ["what ends is not", [["a"], []], [1, 0], null],
] as const) {
  test(name, async () => {
    const asked: unknown[] = [];
    globalThis.fetch = async (_, init) => {
      const { variables } = JSON.parse(String(init!.body));
      asked.push(variables.after);
      const more = asked.length < pages.length;
      const edges = pages[asked.length - 1]!.map((id) => ({ node: { id } }));
      return new Response(JSON.stringify({ data: { notes: { edges, pageInfo: { hasNextPage: more, endCursor: more ? String(asked.length) : null } } } }));
    };
    const parts = [];
    for await (const part of readPage({ search: "x" }, null)) parts.push(part);
    assert.deepEqual(parts.map(({ found }) => found.length), sizes);
    assert.deepEqual(asked, [null, ...many(sizes.length - 1).map((_, i) => String(i + 1))]);
    assert.deepEqual(parts.map(({ full }) => full), [...sizes.slice(1).map(() => false), true]);
    assert.deepEqual([parts.at(-1)!.end, parts.at(-1)!.more], [last, last !== null]);
  });
}
