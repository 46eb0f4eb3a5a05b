// The extras: what is needed later or seldom. With one language (extras.en.ts and its siblings) they are a module that the frame loads
// then (lazy.tsx).
import type { AppExtras } from "./app";
import type { EditorExtras } from "./editor";
import "./extras/style";
import { Conflict } from "./extras/conflict";
import { showShortcuts, listenForKeys } from "./extras/keyboard";
import { pageLocks } from "./extras/page_locks";
import { Markdown } from "./extras/markdown";
import { registerServiceWorker } from "./extras/service_worker";
import { signInByPopup } from "./extras/popup";
import { finishRedirect, signInByRedirect } from "./extras/redirect";
import { VisitorRequired, Suspended, Vouched } from "./extras/notice";
import { Trash } from "./extras/trash";
import { Versions } from "./extras/versions";
import { Visitor } from "./extras/visitor";
import type { ViewExtras } from "./view";
import type { ListExtras } from "./list";
import type { LockExtras } from "./lock";
import type { NotebookExtras } from "./notebook";
import type { NotesExtras } from "./notes";

export const extras: AppExtras & EditorExtras & ViewExtras & ListExtras & LockExtras & NotebookExtras & NotesExtras = {
  Conflict,
  finishRedirect,
  listenForKeys,
  Markdown,
  pageLocks,
  registerServiceWorker,
  showShortcuts,
  signInByPopup,
  signInByRedirect,
  VisitorRequired,
  Suspended,
  Trash,
  Versions,
  Visitor,
  Vouched,
};
