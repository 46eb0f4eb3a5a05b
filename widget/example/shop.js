// What a shop adds to the snippet so that each note belongs to a customer.
const notes = document.querySelector("aside-notes");
const leaving = document.querySelector("form.leave");

if (notes) {
  // The widget calls it whenever it needs an assertion. The nonce binds the assertion to the widget on this page.
  notes.assertion = async ({ nonce }) => {
    const response = await fetch("/aside-assertion?nonce=" + encodeURIComponent(nonce));
    if (!response.ok) throw new Error("the shop does not say who is logged in: " + response.status);
    return response.text(); // "" when nobody is
  };

  let open = true; // until we know better: a session may wait in a widget that has not been scrolled to yet
  for (const [event, value] of [["ready", false], ["signedin", true], ["signedout", false]]) {
    notes.addEventListener("aside:" + event, () => (open = value));
  }

  // Who logs out of the shop leaves no notes open on its pages.
  leaving?.addEventListener("submit", (event) => {
    if (!open || !notes.signOut) return;
    event.preventDefault();
    const leave = () => leaving.submit();
    notes.addEventListener("aside:signedout", leave, { once: true });
    setTimeout(leave, 2000); // whatever becomes of the notes, the shop lets go
    notes.signOut();
  });
}
