package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// What can go wrong for a person, what they see and how they continue.

func TestPageWithCrossOriginOpenerPolicy(t *testing.T) {
	t.Parallel()
	a := start(t)
	alice := newPerson(t)
	alice.signUp(a, a.shop).write("Oolong", "spring harvest")

	// With Cross-Origin-Opener-Policy: same-origin the window opens, cut off from the page.
	alice.visit(a.shop + "/coop/")
	w := alice.widget(a)
	w.sees("Oolong") // the shop's pages share one session
	w.click("Sign out")
	tab := w.opens(func() { w.click("Sign in") })
	w.sees("The sign-in window could not be opened here")
	w.find("link", "Open your notes in a new tab")

	tab.click("Sign in")
	tab.click("Sign in with a passkey")
	tab.sees("Oolong")
	if address := evaluate[string](tab, `location.href`); strings.Contains(address, "code=") {
		t.Errorf("the code stays in the address: %s", address)
	}
	tab.write("Sencha", "first flush")

	// The session belongs to the tab and survives its reload.
	must(t, chromedp.Do(tab.ctx, chromedp.Reload()))
	tab.sees("Sencha")
}

func TestAClosedPopup(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	w := p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.find("button", "Create an account")
	popup.close()
	w.sees("The sign-in window was closed.")

	popup = w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.click("Allow")
	popup.closes()
	w.find("button", "New note")
}

func TestACanceledPrompt(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	w := p.widget(a)
	p.dialog = cancels
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.sees("The prompt was closed or timed out")
	if strings.Contains(popup.text(), "Lost your passkey?") {
		t.Error("who has no account yet is asked for a recovery code")
	}

	popup.answerPrompt(agrees)
	popup.click("Try again")
	popup.click("Allow")
	popup.closes()
	w.find("button", "New note")

	// A person with an account may have its passkey on another device, or may have lost it.
	w.click("Sign out")
	popup = w.opens(func() { w.click("Sign in") })
	popup.click("Sign in with a passkey")
	popup.sees("The prompt was closed or timed out")
	popup.checkPage("popup-canceled")
	evaluate[bool](popup, `(navigator.credentials.get = function ({publicKey}) {
		window.hints = publicKey.hints;
		return Object.getPrototypeOf(this).get.apply(this, arguments);
	}, true)`)
	popup.press("Use another device")
	popup.wait("prompt for other devices", func() bool { return evaluate[string](popup, `String(window.hints)`) == "hybrid,security-key" })
	popup.sees("The prompt was closed or timed out")
	popup.press("Lost your passkey?")
	popup.find("field", "Recovery code")
	popup.click("Back")
	popup.answerPrompt(agrees)
	popup.click("Sign in with a passkey")
	popup.closes()
	w.find("button", "New note")
}

func TestNotNow(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	w := p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.click("Not now")
	popup.closes()
	w.sees("You did not allow Hillside Tea")
	a.waitForRow(t, `SELECT count(*) = 0 FROM passkeys`) // no empty account is left
	popup = w.opens(func() { w.click("Sign in") })
	popup.click("Create an account") // as in a browser that has never used one
	popup.click("Allow")
	popup.closes()
	w.find("button", "New note")
}

func TestABlockedPopup(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	w := p.widget(a)
	w.find("button", "Sign in")
	// A script may open a window only in a person's click, and this script runs without one.
	evaluate[bool](w, `(document.getElementById('sign-in').click(), true)`)
	w.sees("The sign-in window could not be opened here")
	w.find("link", "Open your notes in a new tab")

	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.click("Allow")
	popup.closes()
	w.find("button", "New note")
}

func (w *window) close() {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, cdppage.Close, cdp.Empty{})
		return err
	})))
}
