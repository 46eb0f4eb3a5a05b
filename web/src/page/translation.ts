// A translator of pages, as browsers have one, puts elements of its own in the place of texts. Preact would go on with the texts
// that were taken out: what a page says would stay as it was, or stand there twice. So it finds its texts where it left them, and
// the translations of those that still say the same are put back when it is done.
import { options } from "preact";

interface Translation {
  place: ChildNode;
  of: string;
}

/** What stands in the place of which text. */
const translations = new Map<Text, Translation>();
/** Those that have been taken out while Preact is at work. */
let waiting: [Text, Translation][] = [];

const observer = new MutationObserver(notice);

function notice(records: MutationRecord[]): void {
  for (const { addedNodes, removedNodes, previousSibling, nextSibling } of records) {
    const place = [...addedNodes, previousSibling, nextSibling].find((node) => node instanceof HTMLElement && node.localName === "font");
    for (const text of removedNodes) {
      if (place?.isConnected && text instanceof Text && !text.isConnected) translations.set(text, { place: place as ChildNode, of: text.data });
    }
  }
}

function takeOut(): void {
  notice(observer.takeRecords());
  for (const [text, translation] of translations) {
    if (!translation.place.isConnected) continue;
    translation.place.replaceWith(text);
    waiting.push([text, translation]);
  }
  translations.clear();
}

function putBack(): void {
  for (const [text, translation] of waiting) {
    if (!text.isConnected || text.data !== translation.of) continue;
    text.replaceWith(translation.place);
    translations.set(text, translation);
  }
  waiting = [];
  observer.takeRecords(); // of our own doing
}

/** Preact's hooks, by the names that preact/hooks, too, calls them by: before a part of the tree is compared, and when all of it is done. */
type Hook = (...given: unknown[]) => void;
const hooks = options as unknown as Record<"__b" | "__c", Hook | undefined>;

/** Keeps a page right while it is translated. */
export function bearTranslation(): void {
  const { __b: before, __c: done } = hooks;
  hooks.__b = (...given) => {
    takeOut();
    before?.(...given);
  };
  hooks.__c = (...given) => {
    putBack();
    done?.(...given);
  };
  observer.observe(document.documentElement, { childList: true, subtree: true });
}
