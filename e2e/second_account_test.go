package e2e

import "testing"

// createSecond creates another account in a browser that has used one before: the page asks once.
func (w *window) createSecond() {
	w.t.Helper()
	w.press("Create an account")
	w.sees("Create a second account?")
	w.press("Create an account")
}

// A person who comes back and presses the wrong button is asked before they get a second, empty account: in the popup and at
// /account. The browser remembers only that some account was used, until that account is deleted.
func TestASecondAccountIsAskedFor(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.signUp(a, a.shop)
	w.write("Oolong", "Order the spring harvest before Friday.")
	w.press("Sign out")
	popup := w.opens(func() { w.press("Sign in") })
	popup.press("Create an account")
	popup.sees("This browser has opened an account before.")
	popup.checkPage("popup-second")
	popup.press("Lost your passkey?")
	popup.press("Back")
	popup.press("Create an account")
	popup.press("Sign in with a passkey")
	popup.closes()
	w.sees("Oolong")

	w = p.account(a, "")
	w.press("Sign out")
	w.sees("You are signed out.")
	if kept := evaluate[string](w, `JSON.stringify({...localStorage}) + document.cookie`); kept != "{}__Host-aside_used=1" {
		t.Errorf("scripts find %s", kept)
	}
	w.press("Create an account")
	w.sees("This browser has opened an account before.")
	w.checkPage("account-second")
	w.press("Sign in with a passkey")
	w.sees("Your account has only one passkey")

	w.follow("Your data")
	w.press("Delete account")
	w.enter("Type “delete” to continue", "delete")
	w.press("Delete forever")
	w.sees("Your account and everything in it")
	w.press("Create an account")
	w.sees("Your account has only one passkey")
}

// A browser that has forgotten that an account was used, with a person who is still signed in: their device says that it has a passkey,
// and the popup offers to sign in with it.
func TestAnExistingPasskeyLeadsToSignIn(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.visit(a.account + "/account")
	w.connectAuthenticator()
	w.press("Create an account")
	w.sees("Your account has only one passkey")
	p.visit(a.shop)
	w = p.widget(a)
	popup := w.opens(func() { w.press("Sign in") })
	popup.press("Use another account")
	evaluate[string](popup, `document.cookie = '__Host-aside_used=;path=/;secure;max-age=0'`)
	popup.press("Create an account")
	popup.sees("This device already has a passkey here. Sign in with it.")
	popup.press("Sign in with a passkey")
	popup.press("Allow")
	popup.closes()
	w.find("button", "New note")
}
