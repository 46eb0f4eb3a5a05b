package e2e

import "testing"

// A person sees a site that was linked in the popup and unlinks it, with the keyboard alone.
func TestLinkedSites(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.signUpLinked(a, joe)
	w := p.account(a, "/sites")
	w.sees("Knows you as Joe Miller, joe@post.example")
	w.checkPage("account-sites")
	w.press("Unlink Hillside Tea")
	w.sees("Your notes stay.")
	w.checkPage("account-sites-question")
	w.press("Unlink")
	w.sees("Hillside Tea was unlinked")
	w.sees("No linked sites yet.")
	w.wait("focus at the heading", func() bool { return w.focused() == "Linked sites" })
	p.visit(a.shop)
	p.widget(a).find("button", "Sign in") // it was the session of that link
}
