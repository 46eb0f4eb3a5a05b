package e2e

import (
	"encoding/json"
	"strings"
	"testing"
)

// recoveryCodes creates recovery codes on the account page.
func (w *window) recoveryCodes() []string {
	w.t.Helper()
	w.click("Create recovery codes")
	w.sees("Your new codes")
	codes := evaluate[[]string](w, `[...document.querySelectorAll('ol code')].map(c => c.innerText)`)
	w.click("I saved them")
	w.sees("You have 10 codes left")
	return codes
}

// lostPasskey creates a person with notes at the shop and recovery codes, who has lost the device with their only passkey.
func lostPasskey(t *testing.T, a *aside) (account *window, codes []string) {
	t.Helper()
	p := newPerson(t)
	p.signUp(a, a.shop).write("Oolong", "Order the spring harvest before Friday.")
	account = p.account(a, "/recovery")
	codes = account.recoveryCodes()
	account.switchDevice()
	return account, codes
}

// Recovering from the sign-in page with a code and removing the lost device's passkeys, with the keyboard alone.
func TestLostPasskeyOnThePage(t *testing.T) {
	t.Parallel()
	a := start(t)
	w, codes := lostPasskey(t, a)
	w.press("Sign out")
	w.sees("You are signed out.")
	w.follow("Lost your passkey?")
	w.sees("Recovery code")
	w.checkPage("recover")
	w.enter("Recovery code", "73SR-T1FK-MFKV")
	w.press("Continue")
	w.sees("That code didn’t work")
	w.checkPage("recover-refused")
	w.enter("Recovery code", codes[3])
	w.press("Continue")
	w.sees("This opens the account of")
	w.checkPage("recover-named")
	w.answerPrompt(cancels)
	w.press("Create a new passkey")
	w.sees("closed or timed out")
	w.answerPrompt(agrees)
	w.press("Create a new passkey")
	w.sees("Your new passkey is ready")
	w.sees("These older passkeys still open your account")
	w.checkPage("recover-done")

	old := evaluate[string](w, `document.querySelector('.rows .title').innerText`)
	w.press("Remove " + old)
	w.press("Remove")
	w.wait("page without the lost passkey", func() bool { return !strings.Contains(w.text(), "These older passkeys still open") })
	w.follow("Go to your account")
	w.sees("Your account")
	w.follow("Recovery codes")
	w.sees("You have 9 codes left")
}

// A link with another person's recovery code opens nothing. An operator's link names the account. A person who is signed in
// to another account sees that, and keeps that account unless they choose otherwise.
func TestRecoveryLinkNamesTheAccountFirst(t *testing.T) {
	t.Parallel()
	a := start(t)
	_, strangers := a.visitor(t)
	stranger := strangers.Account(t, `{ viewer { id displayName } }`).Must(t, 200)
	p := newPerson(t)
	p.signUp(a, a.shop).write("Oolong", "Order the spring harvest before Friday.")
	w := p.account(a, "/recovery")
	code := w.recoveryCodes()[0] // valid, but only for typing
	me := evaluate[string](w, `document.querySelector('.who bdi').innerText`)

	w = w.visit(a.account + "/recover#" + code)
	w.sees("A recovery code never comes in a link")
	w.checkPage("recover-stranger")
	if address := evaluate[string](w, `location.href`); strings.Contains(address, "#") {
		t.Errorf("the secret stays in the address: %s", address)
	}
	if text := w.text(); strings.Contains(text, "This opens the account") || strings.Contains(text, "sent you this link") {
		t.Errorf("a code is taken for an operator's link:\n%s", text)
	}

	name := stranger.Text("data", "viewer", "displayName")
	out, err := a.runCommand(t, "user", "recover", stranger.Text("data", "viewer", "id"), "--origin", a.account)
	must(t, err)
	var link struct{ URL string }
	must(t, json.Unmarshal([]byte(out), &link))
	w = w.visit(link.URL)
	w.sees("This opens the account of " + name)
	w.sees("You are signed in here as " + me)
	w.checkPage("recover-link")
	if address := evaluate[string](w, `location.href`); strings.Contains(address, "#") {
		t.Errorf("the secret stays in the address: %s", address)
	}
	w.follow("Stay signed in as " + me)
	w.find("button", "Sign out")
	if still := evaluate[string](w, `document.querySelector('.who bdi').innerText`); still != me {
		t.Errorf("%s has become %s", me, still)
	}
	w = w.visit(link.URL)
	w.click("Create a new passkey")
	w.sees("Welcome back, " + name)
}

// Recovering in the widget's popup, back to the notes.
func TestLostPasskeyInThePopup(t *testing.T) {
	t.Parallel()
	a := start(t)
	account, codes := lostPasskey(t, a)
	account.visit(a.shop)
	w := account.widget(a)
	w.click("Sign out")
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Lost your passkey?")
	popup.checkPage("popup-lost")
	popup.fill("Recovery code", "nonsense")
	popup.click("Create a new passkey")
	popup.sees("That code didn’t work")
	popup.fill("Recovery code", strings.ToLower(codes[0]))
	popup.click("Create a new passkey")
	popup.sees("Your new passkey is ready")
	popup.sees("These older passkeys still open your account")
	popup.sees(" · Not used since then") // the device is before it
	popup.checkPage("popup-recovered")

	// Removing something from the account also requires the new passkey.
	old := evaluate[string](popup, `document.querySelector('#passkeys button').ariaLabel`)
	popup.press(old)
	popup.sees("It will no longer open your account.")
	popup.checkPage("popup-remove")
	popup.press("Keep it")
	popup.sees("Your new passkey is ready")
	popup.press(old)
	popup.answerPrompt(cancels)
	popup.press("Remove")
	popup.sees("closed or timed out")
	popup.answerPrompt(agrees)
	popup.press("Try again")
	popup.sees("was removed")
	if strings.Contains(popup.text(), "These older passkeys still open your account") {
		t.Errorf("after the only old passkey is removed:\n%s", popup.text())
	}
	popup.checkPage("popup-removed")
	popup.press("Continue")
	popup.closes()
	w.sees("Oolong")
	if answer := account.atAccount(a, `{ viewer { passkeys { id } } }`); strings.Count(answer, `"id"`) != 1 {
		t.Errorf("the account is opened by %s", answer)
	}
}

// The server is down during a recovery, and the typed code stays.
func TestErrorsOnTheRecoveryPage(t *testing.T) {
	t.Parallel()
	a := start(t, "--listen", "127.0.0.1:"+freePort(t))
	w := newPerson(t).visit(a.account + "/recover")
	w.connectAuthenticator()
	w.sees("Recovery code")
	a.stop(t)
	w.enter("Recovery code", "73SR-T1FK-MFKV-0000")
	w.press("Continue")
	w.sees("Aside can’t be reached.")
	w.checkPage("recover-unreachable")
	if got := w.value("Recovery code"); got != "73SR-T1FK-MFKV-0000" {
		t.Errorf("the field says %q", got)
	}
	a.run(t, a.command.Args[2:]...)
	w.press("Continue")
	w.sees("That code didn’t work")
}
