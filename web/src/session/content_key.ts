/** Removes the content key of the person who was signed in (encryption/content_key_store.ts). Nothing else is in that database. */
export function removeContentKey(): void {
  indexedDB.deleteDatabase("aside");
}
