// What the popup says of passkeys once it has loaded the extras. Of the catalogs of /account, the bundle has these texts alone.
import * as ar from "../locales/ar.account.json";
import * as de from "../locales/de.account.json";
import * as en from "../locales/en.account.json";
import * as es from "../locales/es.account.json";
import * as fr from "../locales/fr.account.json";
import * as ja from "../locales/ja.account.json";
import * as pt from "../locales/pt-BR.account.json";
import { formatDate, language } from "../text/catalog";

const pick = (addedAt: string, usedAt: string, neverUsed: string, lastWrap: string, conflict: string, tooMany: string) => ({ addedAt, usedAt, neverUsed, lastWrap, conflict, tooMany });

const texts = {
  ar: pick(ar.addedAt, ar.usedAt, ar.neverUsed, ar.last_wrap, ar.conflict, ar.too_many_passkeys),
  de: pick(de.addedAt, de.usedAt, de.neverUsed, de.last_wrap, de.conflict, de.too_many_passkeys),
  en: pick(en.addedAt, en.usedAt, en.neverUsed, en.last_wrap, en.conflict, en.too_many_passkeys),
  es: pick(es.addedAt, es.usedAt, es.neverUsed, es.last_wrap, es.conflict, es.too_many_passkeys),
  fr: pick(fr.addedAt, fr.usedAt, fr.neverUsed, fr.last_wrap, fr.conflict, fr.too_many_passkeys),
  ja: pick(ja.addedAt, ja.usedAt, ja.neverUsed, ja.last_wrap, ja.conflict, ja.too_many_passkeys),
  "pt-BR": pick(pt.addedAt, pt.usedAt, pt.neverUsed, pt.last_wrap, pt.conflict, pt.too_many_passkeys),
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

/** Returns why another passkey can't be added. */
export const explainTooMany = () => own().tooMany;
