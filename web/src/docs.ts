// The documentation: its search. The pages themselves need no script.
import { search, type Pages, type Result } from "./docs/search";

const form = document.getElementById("search") as HTMLFormElement;
const field = document.getElementById("words") as HTMLInputElement;
const article = document.getElementById("article")!;
const results = document.getElementById("results")!;
const count = document.getElementById("count")!;
let pages: Promise<Pages> | null = null;

function load(): Promise<Pages> {
  pages ??= fetch(form.dataset["index"]!).then((response) => {
    if (!response.ok) throw new Error(`${response.status}`);
    return response.json() as Promise<Pages>;
  });
  pages.catch(() => (pages = null)); // the next search tries again
  return pages;
}

/** Shows what is found instead of the page, or the page if nothing is searched. */
async function show(): Promise<void> {
  const words = field.value.trim();
  const address = new URL(location.href);
  if (words) address.searchParams.set("q", words);
  else address.searchParams.delete("q");
  history.replaceState(null, "", address);
  let found: Result[] = [];
  let status = "";
  if (words) {
    try {
      found = search(await load(), words);
      status = found.length === 0 ? "Nothing was found." : found.length === 1 ? "1 result" : `${found.length} results`;
    } catch {
      status = "The search can’t be loaded. Check your connection, then try again.";
    }
  }
  if (field.value.trim() !== words) return; // somebody typed on while it was loading
  article.hidden = words !== "";
  results.hidden = words === "";
  count.textContent = status;
  results.replaceChildren(...(words ? [element("h1", status), ...found.map(row)] : []));
}

/** One result: a link to the section, and the text around the first word. */
function row({ address, page, heading, before, match, after }: Result): HTMLElement {
  const link = element("a", heading === page ? page : `${page}: ${heading}`);
  link.setAttribute("href", address);
  link.addEventListener("click", () => {
    // A section of the same page: the page is shown again.
    field.value = "";
    void show();
  });
  const title = element("h2", "");
  title.append(link);
  const text = element("p", before);
  text.append(element("mark", match), after);
  const part = element("div", "");
  part.className = "result";
  part.append(title, text);
  return part;
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

form.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  results.querySelector("a")?.focus();
});
field.addEventListener("focus", () => void load().catch(() => {}));
field.addEventListener("input", () => void show());
field.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !field.value) return;
  event.preventDefault();
  field.value = "";
  void show();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  field.focus();
});
// On a narrow screen the navigation is a strip: scroll to the current page.
const chapters = document.getElementById("chapters")!;
const current = chapters.querySelector<HTMLElement>("[aria-current]");
if (current) chapters.scrollLeft = current.offsetLeft - (chapters.clientWidth - current.offsetWidth) / 2;
field.value = new URLSearchParams(location.search).get("q") ?? "";
if (field.value) void show();
