// The widget as a tenant's branding would have it, to be looked at in the console: the frame's own parts and sheet, with notes
// of nobody. The document has no session, no storage and nothing to ask (preview.go); what it is to look like stands in its
// fragment, which no server hears of.
import { h, render } from "preact";
import { App } from "./app";
import { config } from "./config";
import { Faces } from "./faces";
import type { Note } from "./note";
import { Notebook } from "./notebook";
import type { Session } from "./session";
import { applyTheme } from "./theme";

const note = (id: string, title: string, body: string, pinned: boolean, tags: string[], daysAgo: number): Note => ({
  id,
  version: 1,
  title,
  body,
  tags,
  pinned,
  updatedAt: new Date(Date.now() - daysAgo * 864e5).toISOString(),
  trashedAt: null,
});

const nothing = () => {};
const app = new App(nothing);
const notebook = new Notebook({} as Session, new Set(), { paint: nothing, met: nothing, gone: nothing });
notebook.viewer = { id: "", displayName: "Mina", vouched: false, identity: null };
notebook.notes = [note("1", "Gift for Noor", "The tea with jasmine, 100 g", true, ["gifts"], 1), note("2", "Harvest dates", "Ask about the first flush in April", false, [], 9)];
notebook.state = "ready";

function paint(): void {
  const look = new URLSearchParams(location.hash.slice(1));
  config.tenant.name = look.get("name") ?? "";
  config.tenant.accent = look.get("accent") ?? "";
  applyTheme({ theme: look.get("theme") });
  app.face = { name: "notes", notebook };
  render(<Faces app={app} />, document.getElementById("aside")!);
}

document.body.inert = true; // to be looked at: nothing in it can be pressed, by whatever means
addEventListener("hashchange", paint);
paint();
