import "../testing/page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveConflict } from "../../../widget/src/core/replacement";
import { draftOf } from "./draft";
import type { SiteNote } from "./note";

// Timers run a thousand times faster: a second takes a millisecond.
const { setTimeout: timeout } = globalThis;
globalThis.setTimeout = ((act: () => void, wait = 0) => timeout(act, wait / 1000)) as typeof setTimeout;

const note = (id: string, change: Partial<SiteNote> = {}): SiteNote => ({
  id, title: "Oolong", body: "", tags: [], pinned: false, version: 1, updatedAt: "2026-01-01T00:00:00Z", trashedAt: null,
  tenant: { id: "t", name: "Shop" }, sealing: "SERVER", sealed: null, ...change,
});

interface Asked {
  variables: { input: SiteNote };
}

const updated = ({ input }: Asked["variables"]) =>
  new Response(JSON.stringify({ data: { updateNote: { note: note(input.id, { ...input, version: input.version + 1 }) } } }));
const refused = (code: string, more: object = {}) => new Response(JSON.stringify({ errors: [{ message: "no", extensions: { code, ...more } }] }));

/** Starts a server that gives these answers in turn, and then saves every note. Returns the titles that it gets. */
function server(...answers: (() => Response)[]): string[] {
  const titles: string[] = [];
  globalThis.fetch = async (_, init) => {
    const { variables }: Asked = JSON.parse(String(init!.body));
    titles.push(variables.input.title);
    return answers.shift()?.() ?? updated(variables);
  };
  return titles;
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let i = 0; !condition(); i++) {
    assert(i < 2000, "never: " + what);
    await new Promise((again) => timeout(again, 1));
  }
}

test("typed text is saved by itself", async () => {
  const titles = server();
  let drawn = 0;
  const draft = draftOf(note("1"), () => drawn++);
  draft.edit({ title: "Oolong, spring" });
  await until("saved", () => draft.status === "saved");
  assert.deepEqual(titles, ["Oolong, spring"]);
  assert(drawn > 1);
});

const outages: Record<string, () => Response> = {
  "no answer": () => { throw new TypeError("Failed to fetch"); },
  "an error of the server": () => refused("INTERNAL"),
  "a limit": () => refused("RATE_LIMITED"),
};

for (const [name, answer] of Object.entries(outages)) {
  test(`after ${name} it is sent again by itself, and says why it isn't saved`, async () => {
    const titles = server(answer, answer);
    const draft = draftOf(note("2 " + name), () => {});
    draft.edit({ title: "Oolong, spring" });
    await until("failed", () => /offline|waiting/.test(draft.status));
    assert(draft.problem!.message, "there is a sentence for the person");
    await until("saved", () => draft.status === "saved");
    assert.deepEqual(titles, ["Oolong, spring", "Oolong, spring", "Oolong, spring"]);
  });
}

test("a refused change is not sent again by itself", async () => {
  const titles = server(() => refused("BAD_USER_INPUT"));
  const draft = draftOf(note("3"), () => {});
  draft.edit({ title: "Oolong, spring" });
  await until("failed", () => draft.status === "failed");
  assert(/can’t be accepted/.test(draft.problem!.message));
  assert.deepEqual(titles, ["Oolong, spring"]);
});

test("a text that is refused for another reason than its length says so", async () => {
  for (const [reason, message] of [["out_of_space", /no space left/], ["outdated_page", /not up to date/], [undefined, /64 KiB/]] as const) {
    server(() => refused("BAD_USER_INPUT", { field: "body", reason }));
    const draft = draftOf(note("3 " + reason), () => {});
    draft.edit({ title: "Oolong, spring" });
    await until("failed", () => draft.status === "failed");
    assert(message.test(draft.problem!.message), draft.problem!.message);
  }
});

test("a draft that is not saved outlives the visit of its page", async () => {
  server(() => refused("BAD_USER_INPUT"));
  const draft = draftOf(note("4"), () => {});
  draft.edit({ title: "Oolong, spring" });
  await until("failed", () => draft.status === "failed");
  let drawn = 0;
  assert.equal(draftOf(note("4"), () => drawn++), draft);
  await draft.save();
  assert(drawn > 0, "the new page is notified");
  assert(draftOf(note("4"), () => {}) !== draft, "and a saved draft does not outlive it");
});

test("a note that was changed elsewhere is a conflict", async () => {
  const current = note("5", { title: "Sencha", version: 2 });
  const titles = server(() => refused("CONFLICT", { current }));
  const draft = draftOf(note("5"), () => {});
  draft.edit({ title: "Oolong, spring" });
  await until("conflict", () => draft.status === "elsewhere");
  assert.equal(draft.theirs?.title, "Sencha");
  resolveConflict(draft, true);
  await until("saved", () => draft.status === "saved");
  assert.deepEqual(titles, ["Oolong, spring", "Oolong, spring"]);
});

test("a note that was deleted elsewhere is not created again", async () => {
  server(() => refused("NOT_FOUND"));
  const draft = draftOf(note("6"), () => {});
  draft.edit({ title: "Oolong, spring" });
  await until("failed", () => draft.status === "failed");
  await draft.save();
  assert.equal(draft.status, "failed");
  assert.equal(draft.problem!.message, "It doesn’t exist here, or was already removed.");
  assert.equal(draft.pending.content.title, "Oolong, spring", "what was typed stays on the page");
});
