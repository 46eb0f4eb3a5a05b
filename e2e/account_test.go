package e2e

import "testing"

// account opens the person's account page, with their passkeys at hand.
func (p *person) account(a *aside, place string) *window {
	p.t.Helper()
	w := p.visit(a.account + "/account" + place)
	if w.authenticator == "" {
		w.plugIn()
	}
	return w
}

// Everything here is done with the keyboard alone.
func TestAnAccountFromTheKeyboard(t *testing.T) {
	a := start(t)
	w := newPerson(t).account(a, "")
	w.sees("Create an account")
	w.inOrder("account-entrance")
	w.press("Create an account")
	w.sees("Your account")
	w.inOrder("account-overview")
}
