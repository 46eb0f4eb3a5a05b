package e2e

import (
	"strings"
	"testing"
)

// signUp signs up from a tenant's page through the popup, and opens the notes.
func (p *person) signUp(a *aside, page string) *window {
	p.t.Helper()
	p.visit(page)
	w := p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.click("Allow")
	popup.closes()
	w.find("button", "New note")
	return w
}

// signIn signs in the same way with a passkey.
func (p *person) signIn(a *aside, page string) *window {
	p.t.Helper()
	p.visit(page)
	w := p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Sign in with a passkey")
	popup.closes()
	w.find("button", "New note")
	return w
}

func (w *window) write(title, body string) {
	w.t.Helper()
	w.click("New note")
	w.fill("Title", title)
	w.fill("Note", body)
	w.sees("Saved")
}

// closeNote closes the open note, with a button that has another name beside the list than over it.
func (w *window) closeNote() {
	w.t.Helper()
	name := "done"
	if evaluate[bool](w, `document.body.clientWidth < 640`) {
		name = "close"
	}
	w.click(texts(w.t, evaluate[string](w, `document.documentElement.lang`))[name])
}

func TestSignUpWriteReloadAndSignInAgain(t *testing.T) {
	t.Parallel()
	a := start(t)
	alice := newPerson(t)
	w := alice.signUp(a, a.shop)
	w.write("Oolong", "Order the spring harvest before Friday.")

	// On another page of the shop the person is still signed in, and the note is there.
	alice.visit(a.shop + "/order")
	w = alice.widget(a)
	w.sees("Oolong")
	w.clickOn("option", "Oolong")
	if got := w.value("Note"); got != "Order the spring harvest before Friday." {
		t.Errorf("after the reload the note says %q", got)
	}

	// Sign out, and in again with the passkey.
	w.click("Sign out")
	w.find("button", "Sign in")
	if strings.Contains(w.text(), "Oolong") {
		t.Error("signed out, and the note is still in sight")
	}
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Sign in with a passkey")
	popup.closes()
	w.sees("Oolong")
}

func TestASecondPersonSeesNothingOfTheFirst(t *testing.T) {
	t.Parallel()
	a := start(t)
	newPerson(t).signUp(a, a.shop).write("Mine alone", "secret")
	bob := newPerson(t).signUp(a, a.shop)
	bob.sees("No notes yet")
	if strings.Contains(bob.text(), "Mine alone") {
		t.Error("Bob sees Alice's note")
	}
}

func TestTheSamePersonAtASecondTenant(t *testing.T) {
	t.Parallel()
	a := start(t)
	_, paper := a.tenant(t, "The Paper", "paper.localhost")
	alice := newPerson(t)
	alice.signUp(a, a.shop).write("At the shop", "one")

	// The account session is still live: one click, and the consent for the new tenant.
	alice.visit(paper)
	w := alice.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.sees("The Paper")
	popup.click("Continue")
	popup.click("Allow")
	popup.closes()
	w.sees("No notes yet")
	w.write("At the paper", "two")

	alice.visit(a.shop)
	w = alice.widget(a)
	w.sees("At the shop")
	if strings.Contains(w.text(), "At the paper") {
		t.Error("the shop's widget shows a note of the paper's")
	}
}
