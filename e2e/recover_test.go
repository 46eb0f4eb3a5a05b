package e2e

import (
	"strings"
	"testing"
)

// codes makes recovery codes on the account page.
func (w *window) codes() []string {
	w.t.Helper()
	w.click("Make recovery codes")
	w.sees("Your new codes")
	return evaluate[[]string](w, `[...document.querySelectorAll('ol code')].map(c => c.innerText)`)
}

// lost makes a person with notes at the shop and recovery codes, who has lost the device with their only passkey.
func lost(t *testing.T, a *aside) (account *window, codes []string) {
	t.Helper()
	p := newPerson(t)
	p.signUp(a, a.shop).write("Oolong", "Order the spring harvest before Friday.")
	account = p.account(a, "/recovery")
	codes = account.codes()
	account.changesDevice()
	return account, codes
}

// From the sign-in page back into the account with a code, the passkeys of the lost device removed: by the keyboard alone.
func TestLostPasskeyOnThePage(t *testing.T) {
	t.Parallel()
	a := start(t)
	w, codes := lost(t, a)
	w.press("Sign out")
	w.sees("You are signed out.")
	w.follow("Lost your passkey?")
	w.sees("Recovery code")
	w.inOrder("recover")
	w.enter("Recovery code", "73SR-T1FK-MFKV")
	w.press("Make a new passkey")
	w.sees("This code opens nothing")
	w.inOrder("recover-refused")
	w.enter("Recovery code", codes[3])
	w.answer(cancels)
	w.press("Make a new passkey")
	w.sees("closed or timed out")
	w.answer(agrees)
	w.press("Make a new passkey")
	w.sees("Your new passkey is ready")
	w.sees("These still open your account")
	w.inOrder("recover-done")

	old := evaluate[string](w, `document.querySelector('.rows .title').innerText`)
	w.press("Remove " + old)
	w.press("Remove")
	w.wait("page without the lost passkey", func() bool { return !strings.Contains(w.text(), "These still open") })
	w.follow("Go to your account")
	w.sees("Your account")
	w.follow("Recovery codes")
	w.sees("You have 9 codes left")

	// What an operator sends carries its secret behind a #, where no server and no later glance at the address finds it.
	w = w.visit(a.account + "/recover#" + codes[3])
	w.sees("Make a new passkey")
	w.inOrder("recover-link")
	if address := evaluate[string](w, `location.href`); strings.Contains(address, "#") {
		t.Errorf("the secret stays in the address: %s", address)
	}
	w.click("Make a new passkey")
	w.sees("This code opens nothing")
}

// From the widget's popup back to the notes.
func TestLostPasskeyInThePopup(t *testing.T) {
	t.Parallel()
	a := start(t)
	account, codes := lost(t, a)
	account.visit(a.shop)
	w := account.widget(a)
	w.click("Sign out")
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Lost your passkey?")
	popup.inOrder("popup-lost")
	popup.fill("Recovery code", "nonsense")
	popup.click("Make a new passkey")
	popup.sees("This code opens nothing")
	popup.fill("Recovery code", strings.ToLower(codes[0]))
	popup.click("Make a new passkey")
	popup.sees("Your new passkey is ready")
	popup.sees("These still open your account")
	popup.inOrder("popup-recovered")

	// A code takes nothing away from the account: the new passkey is asked for once more.
	old := evaluate[string](popup, `document.querySelector('#passkeys button').ariaLabel`)
	popup.press(old)
	popup.sees("It won’t open your account any more.")
	popup.inOrder("popup-remove")
	popup.press("Keep it")
	popup.sees("Your new passkey is ready")
	popup.press(old)
	popup.answer(cancels)
	popup.press("Remove")
	popup.sees("closed or timed out")
	popup.answer(agrees)
	popup.press("Try again")
	popup.sees("is removed")
	if strings.Contains(popup.text(), "These still open your account") {
		t.Errorf("after the only old passkey is removed:\n%s", popup.text())
	}
	popup.inOrder("popup-removed")
	popup.press("Continue")
	popup.closes()
	w.sees("Oolong")
	if answer := account.atAccount(a, `{ viewer { passkeys { id } } }`); strings.Count(answer, `"id"`) != 1 {
		t.Errorf("the account is opened by %s", answer)
	}
}
