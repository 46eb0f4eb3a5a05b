// The popup's page says of an end-to-end encrypted account that only the person can read the notes, and loads this then. Once another
// account can be chosen, which may not be encrypted, it does not say so any more.
const offer = document.getElementById("offer")!;

new MutationObserver(() => {
  if (!offer.hidden) document.getElementById("sealed")?.remove();
}).observe(offer, { attributeFilter: ["hidden"] });
