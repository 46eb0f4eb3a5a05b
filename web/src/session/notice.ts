// Signing out reloads the page, which then shows a notice.
import { inLanguage } from "../page/navigation";
import { t } from "../page/text";
import { deleteKeyDatabase } from "./content_key";

const storageKey = "aside:goodbye";

const notices = {
  "signed-out": "signedOut",
  deleted: "accountDeleted",
} as const;

type SignOutNotice = keyof typeof notices;

/** Reloads the page after the person has signed out. */
export function reloadSignedOut(notice: SignOutNotice): void {
  saveNotice(notice);
  deleteKeyDatabase();
  location.replace(inLanguage("/" + location.pathname.split("/")[1]));
}

/** Keeps the notice for the next page of this tab. It is not in the address, so a stranger's link can't show one. */
export function saveNotice(notice: SignOutNotice): void {
  try {
    sessionStorage.setItem(storageKey, notice);
  } catch {
    // Without storage, the sign-in page shows no notice.
  }
}

/** Returns and removes the notice; "" for none. */
export function takeNotice(): string {
  try {
    const notice = sessionStorage.getItem(storageKey);
    sessionStorage.removeItem(storageKey);
    return notice && Object.hasOwn(notices, notice) ? t(notices[notice as SignOutNotice]) : "";
  } catch {
    return "";
  }
}
