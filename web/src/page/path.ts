// Where the person is on this page. Its addresses are real ones, which the server knows too: each can be opened and kept.
import { unescaped } from "./escape";
import { live, useLive } from "./live";

const path = live(location.pathname);

/** Whether the person came here from another address of the page, rather than from elsewhere. */
export let moved = false;

/** The id of what is to have the focus there; "" for the heading. */
export let landing = "";

/** What follows `base` in the address, in its parts: ["notes", "0198…"] at /account/notes/0198…. */
export function usePath(base: string): string[] {
  return useLive(path).slice(base.length).split("/").filter(Boolean).map(unescaped);
}

/** Goes to another address of this page, and puts the focus on what has the id `on` there, else on the heading. */
export function go(to: string, on = ""): void {
  history.pushState(null, "", to);
  scrollTo(0, 0);
  arrive(on);
}

function arrive(on: string): void {
  moved = true;
  landing = on;
  path.value = location.pathname;
}

addEventListener("popstate", () => arrive(""));

// A link within the page need not fetch it again. Anything but a plain click is the browser's.
document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
  if (!link || link.target || link.download || link.origin !== location.origin) return;
  const face = (pathname: string) => pathname.split("/")[1];
  if (face(link.pathname) !== face(location.pathname) || link.hash) return;
  event.preventDefault();
  if (link.pathname !== location.pathname) go(link.pathname);
});
