// The state of the sign-in page. While it shows, pending requests and typed text wait.
import { readJSON, sendJSON } from "../http/post";
import { t } from "../page/text";
import { observable } from "../page/observable";
import { deleteKeyDatabase } from "./content_key";
import { takeNotice } from "./notice";

interface PendingSignIn {
  done: Promise<void>;
  finish: () => void;
  /** The element that had the focus, to restore it. */
  focused: Element | null;
}

/** Not null while nobody is signed in. */
export const pendingSignIn = observable<PendingSignIn | null>(null);

/** The notice at the top of the sign-in page. */
export const notice = observable("");

/** The account id that the page was drawn for; "" before the first sign-in. */
let viewerId = "";

/** Whether another person has signed in. The typed text is not theirs, so they aren't asked whether to leave the page. */
let viewerChanged = false;
addEventListener("beforeunload", (event) => viewerChanged && event.stopImmediatePropagation()); // before any other listener

/** Resolves when the same person has signed in again. For another person, the page reloads. */
export function signIn(): Promise<void> {
  if (!pendingSignIn.value) {
    if (viewerId) notice.value = t("sessionEnded");
    let finish = () => {};
    const done = new Promise<void>((resolve) => (finish = resolve));
    pendingSignIn.value = { done, finish, focused: document.activeElement };
  }
  return pendingSignIn.value!.done;
}

/** Continues pending requests after a sign-in. */
export async function completeSignIn(): Promise<void> {
  await checkViewer();
  notice.value = "";
  const pending = pendingSignIn.value;
  pendingSignIn.value = null;
  pending?.finish();
  requestAnimationFrame(() => pending?.focused instanceof HTMLElement && pending.focused.focus());
}

/** Asks who is signed in and returns the account id, or "". Reloads the page if another person has signed in. */
export async function checkViewer(): Promise<string> {
  const answer = await readJSON(await sendJSON("/graphql", { query: "query Who{viewer{id}}" }));
  const id = (answer as { data?: { viewer: { id: string } } } | null)?.data?.viewer.id ?? "";
  if (!id) deleteKeyDatabase();
  if (viewerId && id && id !== viewerId) {
    viewerChanged = true;
    location.reload();
    await new Promise(() => {}); // wait for the reload
  }
  viewerId ||= id;
  return id;
}

/** Checks who is signed in when the page becomes visible: that may have changed in another tab. */
async function checkOnReturn(): Promise<void> {
  if (viewerId && !(await checkViewer())) await signIn();
}

notice.value = takeNotice();

document.addEventListener("visibilitychange", () => void (!document.hidden && checkOnReturn().catch(() => {})));
// The browser may restore a page from its cache.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
