// What a notebook tells those who show it.
import type { VNode } from "preact";
import type { Undoing } from "./core/replacement";
import type { Viewer } from "./session";

/** Toast is a line about what just happened, with a way to undo it if there is one. */
export interface Toast {
  text: VNode | string;
  undo?: Undoing | undefined;
}

/** Listener is notified by a notebook. */
export interface Listener {
  paint(): void;
  /** The first answer has named the person. */
  onViewer(viewer: Viewer): void;
  /** The server has ended the session. */
  onSessionEnded(): void;
}
