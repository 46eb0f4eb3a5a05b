// The state of the sign-in page. While it shows, pending requests and typed text wait.
import { read, send } from "../http/post";
import { live } from "../page/live";
import { keepGoodbye, takeGoodbye, type Goodbye } from "./goodbye";

interface Door {
  opened: Promise<void>;
  open: () => void;
  /** The element that had the focus, to restore it. */
  before: Element | null;
}

/** Not null while nobody is signed in. */
export const door = live<Door | null>(null);

/** The notice at the top of the sign-in page. */
export const notice = live("");

/** The account id that the page was drawn for; "" before the first sign-in. */
let known = "";

/** Whether another person has signed in. The typed text is not theirs, so they aren't asked whether to leave the page. */
let strange = false;
addEventListener("beforeunload", (event) => strange && event.stopImmediatePropagation()); // before any other listener

/** Resolves when the same person has signed in again. For another person, the page reloads. */
export function signIn(): Promise<void> {
  if (!door.value) {
    if (known) notice.value = "Your session has ended. Sign in to continue where you left off.";
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    door.value = { opened, open, before: document.activeElement };
  }
  return door.value!.opened;
}

/** Continues pending requests after a sign-in. */
export async function enter(): Promise<void> {
  await recognize();
  notice.value = "";
  const opening = door.value;
  door.value = null;
  opening?.open();
  requestAnimationFrame(() => opening?.before instanceof HTMLElement && opening.before.focus());
}

/** Reloads the page after the person has signed out. */
export function leave(says: Goodbye): void {
  keepGoodbye(says);
  location.replace("/" + location.pathname.split("/")[1]);
}

/** Asks who is signed in and returns the account id, or "". Reloads the page if another person has signed in. */
export async function recognize(): Promise<string> {
  const answer = await read(await send("/graphql", { query: "query Who{viewer{id}}" }));
  const id = (answer as { data?: { viewer: { id: string } } } | null)?.data?.viewer.id ?? "";
  if (known && id && id !== known) {
    strange = true;
    location.reload();
    await new Promise(() => {}); // wait for the reload
  }
  known ||= id;
  return id;
}

/** Checks who is signed in when the page becomes visible: that may have changed in another tab. */
async function look(): Promise<void> {
  if (known && !(await recognize())) await signIn();
}

notice.value = takeGoodbye();

document.addEventListener("visibilitychange", () => void (!document.hidden && look().catch(() => {})));
// The browser may restore a page from its cache.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
