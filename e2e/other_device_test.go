package e2e

import (
	"maps"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// After signing in with a passkey of another device, people are offered one on this device if it can store one, until they
// decline.
func TestAPasskeyFromAnotherDevice(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.device = webauthn.AuthenticatorTransportUsb
	w := p.signUp(a, a.shop)
	_, key := p.onlyPasskey()
	signInAgain := func() *window {
		w.click("Sign out")
		return w.opens(func() { w.click("Sign in") })
	}
	// addReader signs the person in with their security key, on a computer with a fingerprint reader that they don't touch yet.
	addReader := func(popup *window) webauthn.AuthenticatorID {
		id := popup.addAuthenticator(webauthn.AuthenticatorTransportInternal)
		popup.setPresence(id, false)
		popup.click("Sign in with a passkey")
		popup.sees("Add a passkey on this device?")
		return id
	}
	passkeys := func() int {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.passkeys)
	}

	popup := signInAgain() // on a computer that can't store a passkey
	popup.click("Sign in with a passkey")
	popup.closes()
	w.find("button", "New note")

	popup = signInAgain()
	reader := addReader(popup)
	popup.checkPage("popup-device")
	popup.setPresence(popup.authenticator, false)
	popup.setPresence(reader, true)
	popup.press("Add a passkey")
	popup.closes()
	w.find("button", "New note")
	w.wait("passkey on the computer", func() bool { return passkeys() == 2 })

	p.mu.Lock()
	maps.DeleteFunc(p.passkeys, func(id string, _ *webauthn.Credential) bool { return key[id] == nil }) // on another computer
	p.mu.Unlock()
	popup = signInAgain() // in a browser without storage for the answer
	popup.removeFeature(`Object.defineProperty(window, "localStorage", { get() { throw new DOMException("", "SecurityError") } })`)
	must(t, chromedp.Do(popup.ctx, chromedp.Reload()))
	popup.setPresence(popup.addAuthenticator(webauthn.AuthenticatorTransportInternal), false)
	popup.click("Sign in with a passkey")
	popup.closes()
	w.find("button", "New note")
	popup = signInAgain()
	addReader(popup)
	a.exec(t, `UPDATE sessions SET confirmed_at = now() - interval '1 hour'`) // they took a long time to decide
	popup.press("Add a passkey")
	popup.sees("Confirm")
	popup.press("Not now")
	popup.closes()
	popup = signInAgain()
	popup.setPresence(popup.addAuthenticator(webauthn.AuthenticatorTransportInternal), false)
	popup.click("Sign in with a passkey") // they aren't asked again
	popup.closes()
	w.find("button", "New note")
	if answer := w.atAccount(a, `{ viewer { passkeys { id } } }`); strings.Count(answer, `"id"`) != 2 {
		t.Errorf("the account has the passkeys %s", answer)
	}
}
