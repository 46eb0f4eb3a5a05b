// What the popup says of older passkeys, which it loads with the extras. Of the catalogs of /account, the bundle has these texts alone.
import * as ar from "../locales/ar.account.json";
import * as de from "../locales/de.account.json";
import * as en from "../locales/en.account.json";
import * as es from "../locales/es.account.json";
import * as fr from "../locales/fr.account.json";
import * as ja from "../locales/ja.account.json";
import * as pt from "../locales/pt-BR.account.json";
import { formatDate, language } from "../text/catalog";

const pick = (addedAt: string, usedAt: string, neverUsed: string, lastWrap: string, conflict: string) => ({ addedAt, usedAt, neverUsed, lastWrap, conflict });

const texts = {
  ar: pick(ar.addedAt, ar.usedAt, ar.neverUsed, ar.last_wrap, ar.conflict),
  de: pick(de.addedAt, de.usedAt, de.neverUsed, de.last_wrap, de.conflict),
  en: pick(en.addedAt, en.usedAt, en.neverUsed, en.last_wrap, en.conflict),
  es: pick(es.addedAt, es.usedAt, es.neverUsed, es.last_wrap, es.conflict),
  fr: pick(fr.addedAt, fr.usedAt, fr.neverUsed, fr.last_wrap, fr.conflict),
  ja: pick(ja.addedAt, ja.usedAt, ja.neverUsed, ja.last_wrap, ja.conflict),
  "pt-BR": pick(pt.addedAt, pt.usedAt, pt.neverUsed, pt.last_wrap, pt.conflict),
};

const own = () => texts[language() as keyof typeof texts];

/** Returns when a passkey was added, and when it was used. */
export function describeUse(createdAt: string, lastUsedAt: string | null): string[] {
  const { addedAt, usedAt, neverUsed } = own();
  return [addedAt.replace("{time}", formatDate(createdAt)), lastUsedAt ? usedAt.replace("{time}", formatDate(lastUsedAt)) : neverUsed];
}

/** Returns why a passkey can't be removed; "" if a refusal has another cause. */
export function explainKept(code: string, reason?: string): string {
  if (reason === "last_wrap") return own().lastWrap;
  return code === "CONFLICT" || code === "NOT_FOUND" ? own().conflict : ""; // it was removed in another window, for example
}
