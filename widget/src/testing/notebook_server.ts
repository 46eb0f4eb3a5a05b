// What tests of a notebook share: its session, and the server that answers it. A test imports this first.
import "./frame";
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { beforeEach } from "node:test";
import { config } from "../config";
import type { Draft } from "../core/draft";
import { Notebook } from "../notebook";
import type { Session } from "../session";
import { Locks } from "./locks";

new Locks().install();
const key = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"])) as CryptoKeyPair;
let tests = 0;

/** The session of the test. */
export let session: Session;

/** How the server answers the session. */
export let respond: typeof fetch;

/** Has the server answer so. */
export function respondWith(answer: typeof fetch): void {
  respond = answer;
}

// The extras, which suggest something after a note was created.
const extras = "export const extras = { suggest: async (notebook) => void (globalThis.suggestedTo = notebook) }; export const messages = {};";

beforeEach(() => {
  session = { token: `token ${++tests}`, key, subject: undefined, viewer: "u_1" };
  config.extras = "data:text/javascript," + encodeURIComponent(extras);
});

// What the notebooks of earlier tests still send is never answered.
globalThis.fetch = (url, init) => (new Headers(init!.headers).get("Authorization") === "DPoP " + session.token ? respond(url, init) : new Promise(() => {}));

/** Returns a notebook of the session that has loaded its notes. */
export function readyNotebook(paint = () => {}): Notebook {
  const notebook = new Notebook(session, new Set<Draft>(), { paint, onViewer() {}, onSessionEnded() {} });
  notebook.state = "ready";
  return notebook;
}

/** Asked is what a notebook sends. */
export interface Asked {
  operationName: string;
  variables: { input: { id: string; title: string } };
}

/** Has the server answer mutations so. It has no other notes, and tells of no changes. */
export function server(answer: (asked: Asked) => Response): void {
  respond = async (_, init) => {
    const asked: Asked = JSON.parse(String(init!.body));
    if (asked.operationName === "Changed") return new Promise(() => {});
    if (asked.variables.input || asked.operationName === "None") return answer(asked);
    return json({ data: { viewer: { id: "u_1", displayName: "Olive", sealing: "SERVER" }, notes: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } } } });
  };
}

export const json = (body: unknown, status = 200, headers = {}) => new Response(JSON.stringify(body), { status, headers });
export const failure = (code: string, status = 200, headers = {}, more = {}) => json({ errors: [{ message: "no", extensions: { code, ...more } }] }, status, headers);

export const saved = ({ variables: { input } }: Asked) =>
  json({ data: { payload: { note: { ...input, version: 1, updatedAt: new Date().toISOString(), trashedAt: null } } } });

// What waits a second, here waits a millisecond.
const { setTimeout: timeout } = globalThis;
globalThis.setTimeout = ((act: () => void, wait = 0) => timeout(act, wait / 1000)) as typeof setTimeout;

export async function until(what: string, condition: () => boolean): Promise<void> {
  for (let i = 0; !condition(); i++) {
    assert(i < 2000, "never: " + what);
    await new Promise((again) => timeout(again, 1));
  }
}
