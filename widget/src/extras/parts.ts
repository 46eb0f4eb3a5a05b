// The parts of the extras, by the names by which the frame uses them.
import type { AppExtras } from "../app";
import type { EditorExtras } from "../editor";
import "./style";
import { afterSignIn } from "./after_sign_in";
import { Conflict } from "./conflict";
import { showShortcuts } from "./keyboard";
import { pageLocks } from "./page_locks";
import { Markdown } from "./markdown";
import { signInByPopup } from "./popup";
import { finishRedirect, signInByRedirect } from "./redirect";
import { VisitorRequired, Suspended, Vouched } from "./notice";
import { suggest } from "./suggestion";
import { Trash } from "./trash";
import { Versions } from "./versions";
import { Visitor } from "./visitor";
import type { ViewExtras } from "../view";
import type { ListExtras } from "../list";
import type { LockExtras } from "../lock";
import type { NotebookExtras } from "../notebook";
import type { NotesExtras } from "../notes";

export const extras: AppExtras & EditorExtras & ViewExtras & ListExtras & LockExtras & NotebookExtras & NotesExtras = {
  afterSignIn,
  Conflict,
  finishRedirect,
  Markdown,
  pageLocks,
  showShortcuts,
  signInByPopup,
  signInByRedirect,
  VisitorRequired,
  suggest,
  Suspended,
  Trash,
  Versions,
  Visitor,
  Vouched,
};
