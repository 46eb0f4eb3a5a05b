// The path within the page. The server knows each path too, so each can be opened and bookmarked.
import { unescaped } from "./escape";
import { observable, useObservable } from "./observable";

const path = observable(location.pathname);

/** The language that the widget asked for in its link (web/locale.go). It stays when the page is reloaded at another path. */
const asked = /^\?ui_locales=[\w-]+$/.exec(location.search)?.[0] ?? "";

/** Returns the address of a page for people, in the language of this one. */
export const inLanguage = (path: string): string => path + asked;

/** Whether the person came from another path of the page. */
export let navigated = false;

/** The id of the element that gets the focus; "" for the heading. */
export let focusId = "";

/** Returns the parts of the path after `base`: ["notes", "0198…"] at /account/notes/0198…. */
export function usePath(base: string): string[] {
  return useObservable(path).slice(base.length).split("/").filter(Boolean).map(unescaped);
}

/** Goes to another path of this page, and moves the focus to the element with the id `on`, or else to the heading. */
export function navigate(to: string, on = ""): void {
  history.pushState(null, "", inLanguage(to));
  scrollTo(0, 0);
  onNavigate(on);
}

function onNavigate(on: string): void {
  navigated = true;
  focusId = on;
  path.value = location.pathname;
}

addEventListener("popstate", () => onNavigate(""));

/** The pages that come in the person's language, by the first part of their path. */
const translated = new Set(["account", "recover"]);

/** Adds the language to the address of a link before the browser follows or copies it, also to a page of its own or in another tab. */
function keepLanguage({ target }: Event): void {
  const link = (target as Element).closest<HTMLAnchorElement>("a[href]");
  if (link && link.origin === location.origin && !link.search && translated.has(firstPart(link.pathname))) link.search = asked;
}

const firstPart = (pathname: string) => pathname.split("/")[1]!;

if (asked) for (const type of ["click", "auxclick", "contextmenu", "dragstart"]) document.addEventListener(type, keepLanguage);

// A plain click on a link within the page doesn't load the page again. The browser handles all other clicks.
document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
  if (!link || link.target || link.download || link.origin !== location.origin) return;
  if (firstPart(link.pathname) !== firstPart(location.pathname) || link.hash) return;
  event.preventDefault();
  if (link.pathname !== location.pathname) navigate(link.pathname);
});
