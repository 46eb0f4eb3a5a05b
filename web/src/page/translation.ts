// A browser's page translator replaces texts with its own elements. Preact would keep updating the removed texts, so the page would
// show outdated or duplicate texts. So the texts are put back before Preact works, and the translations of unchanged texts
// afterwards.
import { options } from "preact";

interface Translation {
  place: ChildNode;
  of: string;
}

/** The translation that replaces each text. */
const translations = new Map<Text, Translation>();
/** The translations that are removed while Preact works. */
let waiting: [Text, Translation][] = [];

const observer = new MutationObserver(recordTranslations);

function recordTranslations(records: MutationRecord[]): void {
  for (const { addedNodes, removedNodes, previousSibling, nextSibling } of records) {
    const place = [...addedNodes, previousSibling, nextSibling].find((node) => node instanceof HTMLElement && node.localName === "font");
    for (const text of removedNodes) {
      if (place?.isConnected && text instanceof Text && !text.isConnected) translations.set(text, { place: place as ChildNode, of: text.data });
    }
  }
}

function removeTranslations(): void {
  recordTranslations(observer.takeRecords());
  for (const [text, translation] of translations) {
    if (!translation.place.isConnected) continue;
    translation.place.replaceWith(text);
    waiting.push([text, translation]);
  }
  translations.clear();
}

function restoreTranslations(): void {
  for (const [text, translation] of waiting) {
    if (!text.isConnected || text.data !== translation.of) continue;
    text.replaceWith(translation.place);
    translations.set(text, translation);
  }
  waiting = [];
  observer.takeRecords(); // our own changes
}

/** Preact's hooks, by the names that preact/hooks also uses: before a part of the tree is compared, and when all of it is done. */
type Hook = (...given: unknown[]) => void;
const hooks = options as unknown as Record<"__b" | "__c", Hook | undefined>;

/** Keeps a page correct while it is translated. */
export function supportPageTranslation(): void {
  const { __b: before, __c: done } = hooks;
  hooks.__b = (...given) => {
    removeTranslations();
    before?.(...given);
  };
  hooks.__c = (...given) => {
    restoreTranslations();
    done?.(...given);
  };
  observer.observe(document.documentElement, { childList: true, subtree: true });
}
