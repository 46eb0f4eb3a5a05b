// Whether this browser keeps a content key (encryption/content_key_store.ts). A cookie says so to the popup's page, which loads the
// removal (key_removal.ts) only where there is something to remove.

const cookie = "__Host-aside_key=1;path=/;secure;samesite=lax;max-age=";

/** Says that the content key of somebody is kept here. The cookie lasts as long as browsers allow, and so longer than any session. */
export function markContentKey(): void {
  document.cookie = cookie + 400 * 24 * 3600;
}

/** Deletes the content key of the person who was signed in, and all else in that database: it is of the same person. */
export function deleteKeyDatabase(): void {
  indexedDB.deleteDatabase("aside");
  document.cookie = cookie + 0;
}
