// The widget with a tenant's branding, to look at in the console: the frame's own parts and style sheet, with sample notes. The document
// has no session, no storage and nothing to request (preview.go). Its settings are in the fragment, which no server receives.
import { h, render } from "preact";
import { App } from "./app";
import { config } from "./config";
import { AppView } from "./view";
import type { Note } from "./core/note";
import { Notebook } from "./notebook";
import type { Session } from "./session";
import { applyTheme } from "./theme";

const sampleNote = (id: string, title: string, body: string, pinned: boolean, tags: string[], daysAgo: number): Note => ({
  id,
  version: 1,
  title,
  body,
  tags,
  pinned,
  updatedAt: new Date(Date.now() - daysAgo * 864e5).toISOString(),
  trashedAt: null,
});

const noop = () => {};
const app = new App(noop);
const notebook = new Notebook({} as Session, new Set(), { paint: noop, onViewer: noop, onSessionEnded: noop });
notebook.viewer = { id: "", displayName: "Mina", vouched: false, identity: null, sealing: "SERVER" };
notebook.notes = [sampleNote("1", "Gift for Noor", "The tea with jasmine, 100 g", true, ["gifts"], 1), sampleNote("2", "Harvest dates", "Ask about the first flush in April", false, [], 9)];
notebook.state = "ready";

function paint(): void {
  const params = new URLSearchParams(location.hash.slice(1));
  config.tenant.name = params.get("name") ?? "";
  config.tenant.accent = params.get("accent") ?? "";
  applyTheme({ theme: params.get("theme") });
  app.view = { name: "notes", notebook };
  render(<AppView app={app} />, document.getElementById("aside")!);
}

document.body.inert = true; // only to look at: nothing in it can be used
addEventListener("hashchange", paint);
paint();
