import "../testing/frame";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { VNode } from "preact";
import { config } from "../config";
import messages from "../locales/en.extras.json";
import type { Notebook } from "../notebook";
import { suggest } from "./suggestion";

Object.assign(config.messages, messages);

interface Setting {
  notes: number;
  capable?: boolean;
  vouched?: boolean;
  sealed?: boolean;
  onlyOnePasskey?: boolean;
}

/** Returns a notebook after a note was created, with the addresses that were suggested and the operations that were asked. */
function notebookOf({ notes, capable = true, vouched = false, sealed = false, onlyOnePasskey = true }: Setting) {
  Object.assign(globalThis, { PublicKeyCredential: { getClientCapabilities: async () => ({ "extension:prf": capable }) } });
  const suggested: unknown[] = [];
  const asked: string[] = [];
  const notebook = {
    notes: Array(notes).fill({}),
    viewer: { vouched },
    banner: sealed ? () => null : undefined,
    async request(operation: string) {
      asked.push(operation);
      return { viewer: { onlyOnePasskey } };
    },
    showToast: ({ props }: VNode<{ href: string }>) => suggested.push(new URL(props.href).pathname),
  };
  return { notebook: notebook as unknown as Notebook, suggested, asked };
}

for (const [name, setting, want] of [
  ["encryption after the first note", { notes: 1 }, ["/account/encryption"]],
  ["no encryption where no passkey can give a key", { notes: 1, capable: false }, []],
  ["no encryption if the tenant opens the notes, too", { notes: 1, vouched: true }, []],
  ["nothing after the second note", { notes: 2 }, []],
  ["another way in after the third note", { notes: 3 }, ["/account"]],
  ["another way in where no passkey can give a key", { notes: 3, capable: false }, ["/account"]],
  ["no other way in if there is one", { notes: 3, onlyOnePasskey: false }, []],
  ["no other way in if the tenant opens the notes, too", { notes: 3, vouched: true }, []],
  ["nothing in an encrypted account", { notes: 3, sealed: true }, []],
] as [string, Setting, string[]][]) {
  test(`after a note was created, the widget suggests ${name}`, async () => {
    const { notebook, suggested } = notebookOf(setting);
    await suggest(notebook);
    assert.deepEqual(suggested, want);
  });
}

test("the server is asked once in a session", async () => {
  const { notebook, suggested, asked } = notebookOf({ notes: 3 });
  await suggest(notebook);
  await suggest(notebook);
  assert.deepEqual([suggested, asked], [["/account"], ["Suggestion"]]);
});
