// Remembers that an account was used in this browser, so that a person who comes back does not create a second one by accident.
// It does not store which account.

const key = "aside:account-used";

/** Stores whether an account was used in this browser. If the browser blocks storage, nobody is asked. */
export function setAccountUsed(used: boolean): void {
  try {
    if (used) localStorage.setItem(key, "1");
    else localStorage.removeItem(key);
  } catch {}
}

/** Returns whether an account was used in this browser. */
export function accountUsed(): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}
