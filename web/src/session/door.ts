// Whether the page waits for somebody to sign in, and why. What was asked for meanwhile waits too, and so does what was typed.
import { read, send } from "../http/post";
import { live } from "../page/live";
import { keepGoodbye, takeGoodbye, type Goodbye } from "./goodbye";

interface Door {
  opened: Promise<void>;
  open: () => void;
  /** What had the focus, to give it back. */
  before: Element | null;
}

/** Not null: nobody is signed in. */
export const door = live<Door | null>(null);

/** What the sign-in page says first. */
export const notice = live("");

/** Who the page was drawn for, by account id; "" before anybody signed in. */
let known = "";

/** Whether somebody else has signed in. What was typed is not theirs: whoever holds it isn't asked whether the page may go. */
let strange = false;
addEventListener("beforeunload", (event) => strange && event.stopImmediatePropagation()); // before any other listener

/** Resolves when somebody is signed in: the same person as before, since for another one the page starts anew. */
export function signIn(): Promise<void> {
  if (!door.value) {
    if (known) notice.value = "Your session has ended. Sign in to continue where you left off.";
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    door.value = { opened, open, before: document.activeElement };
  }
  return door.value!.opened;
}

/** Somebody has signed in: lets through what waits. */
export async function enter(): Promise<void> {
  await recognize();
  notice.value = "";
  const opening = door.value;
  door.value = null;
  opening?.open();
  requestAnimationFrame(() => opening?.before instanceof HTMLElement && opening.before.focus());
}

/** Starts the page again, with nobody signed in. */
export function leave(says: Goodbye): void {
  keepGoodbye(says);
  location.replace("/" + location.pathname.split("/")[1]);
}

/** Asks who is signed in, and starts the page anew where that isn't whom it was drawn for. Gives the id; "" for nobody. */
export async function recognize(): Promise<string> {
  const answer = await read(await send("/graphql", { query: "query Who{viewer{id}}" }));
  const id = (answer as { data?: { viewer: { id: string } } } | null)?.data?.viewer.id ?? "";
  if (known && id && id !== known) {
    strange = true;
    location.reload();
    await new Promise(() => {}); // nothing of this page goes on
  }
  known ||= id;
  return id;
}

/** Back at the page: somebody else may be signed in meanwhile, in another tab, or nobody. */
async function look(): Promise<void> {
  if (known && !(await recognize())) await signIn();
}

notice.value = takeGoodbye();

document.addEventListener("visibilitychange", () => void (!document.hidden && look().catch(() => {})));
// The browser may bring a page back that was left.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
