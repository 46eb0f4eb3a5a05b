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
}

/** Returns a notebook after a note was created, with the addresses that were suggested. */
function notebookOf({ notes, capable = true, vouched = false, sealed = false }: Setting) {
  Object.assign(globalThis, { PublicKeyCredential: { getClientCapabilities: async () => ({ "extension:prf": capable }) } });
  const suggested: unknown[] = [];
  const notebook = {
    notes: Array(notes).fill({}),
    viewer: { vouched },
    banner: sealed ? () => null : undefined,
    showToast: ({ props }: VNode<{ href: string }>) => suggested.push(new URL(props.href).pathname),
  };
  return { notebook: notebook as unknown as Notebook, suggested };
}

for (const [name, setting, want] of [
  ["encryption after the first note", { notes: 1 }, ["/account/encryption"]],
  ["no encryption where no passkey can give a key", { notes: 1, capable: false }, []],
  ["no encryption if the tenant opens the notes, too", { notes: 1, vouched: true }, []],
  ["nothing after the second note", { notes: 2 }, []],
  ["nothing in an encrypted account", { notes: 1, sealed: true }, []],
] as [string, Setting, string[]][]) {
  test(`after a note was created, the widget suggests ${name}`, async () => {
    const { notebook, suggested } = notebookOf(setting);
    await suggest(notebook);
    assert.deepEqual(suggested, want);
  });
}
