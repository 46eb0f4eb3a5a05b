// Whether an account was used in this browser, so that a person who comes back does not create a second one by accident. The server
// says so with a cookie at each sign-in (auth/cookie.go), since some browsers delete after a week what scripts store.

const cookie = "__Host-aside_used=";
/** Where earlier releases stored it. */
const earlier = "aside:account-used";

/** Returns whether an account was used in this browser. */
export function accountUsed(): boolean {
  try {
    return document.cookie.includes(cookie) || localStorage.getItem(earlier) !== null;
  } catch {
    return false;
  }
}

/** Forgets that an account was used in this browser. */
export function forgetAccountUsed(): void {
  try {
    document.cookie = cookie + ";path=/;secure;max-age=0";
    localStorage.removeItem(earlier);
  } catch {}
}
