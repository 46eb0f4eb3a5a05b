// The path within the page. The server knows each path too, so each can be opened and bookmarked.
import { unescaped } from "./escape";
import { live, useLive } from "./live";

const path = live(location.pathname);

/** Whether the person came from another path of the page. */
export let moved = false;

/** The id of the element that gets the focus; "" for the heading. */
export let landing = "";

/** Returns the parts of the path after `base`: ["notes", "0198…"] at /account/notes/0198…. */
export function usePath(base: string): string[] {
  return useLive(path).slice(base.length).split("/").filter(Boolean).map(unescaped);
}

/** Goes to another path of this page, and moves the focus to the element with the id `on`, or else to the heading. */
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

// A plain click on a link within the page doesn't load the page again. The browser handles all other clicks.
document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
  if (!link || link.target || link.download || link.origin !== location.origin) return;
  const face = (pathname: string) => pathname.split("/")[1];
  if (face(link.pathname) !== face(location.pathname) || link.hash) return;
  event.preventDefault();
  if (link.pathname !== location.pathname) go(link.pathname);
});
