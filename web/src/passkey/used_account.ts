// Whether an account was used in this browser, so that a person who comes back is not given a second one by accident. What is
// stored says nothing about which account.

const key = "aside:account-used";

/** Stores that an account was used in this browser, or that none was. Without storage, nobody is asked. */
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
