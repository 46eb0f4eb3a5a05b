const kept = "aside:goodbye";

const goodbyes = {
  "signed-out": "You are signed out.",
  deleted: "Your account and everything in it have been deleted.",
};

export type Goodbye = keyof typeof goodbyes;

/** Keeps what the next page of this tab is to say. It is not in the address: a stranger's link says no goodbye. */
export function keepGoodbye(goodbye: Goodbye): void {
  try {
    sessionStorage.setItem(kept, goodbye);
  } catch {
    // A browser that keeps nothing: the page asks to sign in, and says no more.
  }
}

/** Takes it, once; "" for none. */
export function takeGoodbye(): string {
  try {
    const goodbye = sessionStorage.getItem(kept);
    sessionStorage.removeItem(kept);
    return goodbye && Object.hasOwn(goodbyes, goodbye) ? goodbyes[goodbye as Goodbye] : "";
  } catch {
    return "";
  }
}
