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
	w.wait("focus at the heading", func() bool { return w.focused() == "Sites" })
	p.visit(a.shop)
	p.widget(a).find("button", "Sign in") // it was the session of that link
}

// A person sees a site that they allowed and withdraws that, with the keyboard alone. The site then asks again.
func TestAllowedSites(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.signUp(a, a.shop).write("Oolong", "Order the spring harvest before Friday.")
	w := p.account(a, "/sites")
	w.sees("Allowed: ")
	if at := evaluate[string](w, `document.querySelector('main .rows a').origin`); at != a.shop {
		t.Errorf("the shop's name leads to %s", at)
	}
	w.checkPage("account-sites-allowed")
	w.press("Stop allowing Hillside Tea")
	w.sees("Stop allowing Hillside Tea?")
	w.checkPage("account-sites-withdraw")
	w.press("Stop allowing")
	w.sees("Hillside Tea is no longer allowed")
	w.sees("No allowed sites.")
	w.wait("focus at the heading", func() bool { return w.focused() == "Sites" })
	w.follow("Activity")
	w.sees("Allowed Hillside Tea")
	w.sees("No longer allowed: Hillside Tea")
	p.visit(a.shop)
	widget := p.widget(a)
	popup := widget.opens(func() { widget.click("Sign in") })
	popup.click("Continue")
	popup.click("Allow")
	popup.closes()
	widget.sees("Oolong")
}
