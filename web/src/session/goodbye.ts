const kept = "aside:goodbye";

const goodbyes = {
  "signed-out": "You are signed out.",
  deleted: "Your account and everything in it have been deleted.",
};

export type Goodbye = keyof typeof goodbyes;

/** Keeps the notice for the next page of this tab. It is not in the address, so a stranger's link can't show one. */
export function keepGoodbye(goodbye: Goodbye): void {
  try {
    sessionStorage.setItem(kept, goodbye);
  } catch {
    // Without storage, the sign-in page shows no notice.
  }
}

/** Returns and removes the notice; "" for none. */
export function takeGoodbye(): string {
  try {
    const goodbye = sessionStorage.getItem(kept);
    sessionStorage.removeItem(kept);
    return goodbye && Object.hasOwn(goodbyes, goodbye) ? goodbyes[goodbye as Goodbye] : "";
  } catch {
    return "";
  }
}
