package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A person who believes that their passkey is lost is offered it in the list under the field for a recovery code: in the window and on
// the page. Pressing a button ends the offer, and the button's own request for a passkey works.
func TestPasskeysUnderTheFieldForACode(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.signUp(a, a.shop)
	w.write("Oolong", "spring harvest")
	conditional := evaluate[bool](w, `'isConditionalMediationAvailable' in PublicKeyCredential`)
	if !conditional {
		t.Fatal("this browser has no conditional mediation")
	}

	w.click("Sign out")
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Lost your passkey?")
	popup.openList() // the authenticator chooses for the person
	popup.closes()
	w.sees("Oolong")

	w.click("Sign out")
	popup = w.opens(func() { w.click("Sign in") })
	popup.setPresence(popup.authenticator, false)
	popup.click("Lost your passkey?")
	popup.sees("Use one of your recovery codes")
	popup.openList()
	popup.click("Back")
	popup.setPresence(popup.authenticator, true)
	popup.click("Sign in with a passkey")
	popup.closes()
	w.sees("Oolong")

	w.click("Sign out")
	account := p.account(a, "")
	account.sees("Sign in with a passkey")
	account.clickOn("link", "Lost your passkey?")
	account.enter("Recovery code", "73SR-T1FK-MFKV") // typed at once, no passkey is offered
	account.press("Continue")
	account.sees("That code didn’t work")
	account.openList()
	account.sees("Your account has only one passkey.")
}

// openList opens the list that the browser shows under the field for a recovery code.
func (w *window) openList() {
	w.t.Helper()
	w.tabTo("field", "Recovery code")
	w.keys(kb.ArrowDown)
}
