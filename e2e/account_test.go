package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// account opens the person's account page, with their passkeys available.
func (p *person) account(a *aside, place string) *window {
	p.t.Helper()
	w := p.visit(a.account + "/account" + place)
	w.connectAuthenticator()
	return w
}

// A person creates an account, sees its passkeys and sessions, and signs out, with the keyboard alone.
func TestAnAccountFromTheKeyboard(t *testing.T) {
	t.Parallel()
	a := start(t)
	alice := newPerson(t)
	w := alice.account(a, "")
	w.sees("Create an account")
	w.checkPage("account-entrance")
	w.answerPrompt(cancels)
	w.press("Create an account")
	w.sees("closed or timed out")
	w.checkPage("account-entrance-trouble")
	w.answerPrompt(agrees)
	w.press("Create an account")
	w.sees("Your account has only one passkey")
	w.checkPage("account-overview")

	w.sees("What do you want to call this account?")
	w.enter("Name", "Robin of the Shop")
	w.press("Save")
	w.sees("Your name") // and is not asked again
	w.wait("the new name in the header", func() bool { return strings.Contains(w.text(), "Robin of the Shop") })

	// Passkeys: rename one, add a second one on another device, remove the first one.
	w.follow("Passkeys")
	w.press("Add a passkey")
	w.sees("already")
	w.checkPage("account-passkeys-trouble")
	first := evaluate[string](w, `document.querySelector('.rows .title').innerText`)
	w.press("Rename " + first)
	w.sees("Rename this passkey")
	w.checkPage("account-passkeys-rename")
	w.enter("Name", "My phone")
	w.press("Save")
	w.sees("My phone")
	w.wait("focus where it was", func() bool { return w.focused() == "Rename" })
	w.switchDevice()
	w.press("Add a passkey")
	w.sees("Passkey added")
	w.checkPage("account-passkeys")
	w.press("Remove My phone")
	w.sees("Remove “My phone”?")
	w.checkPage("account-passkeys-question")
	w.press("Remove")
	// This session was opened with the removed one. With the other one the page continues where it was.
	w.sees("Your session has ended")
	w.checkPage("account-entrance-again")
	w.press("Sign in with a passkey")
	w.sees("Passkey removed")
	if strings.Contains(w.text(), "My phone") {
		t.Error("the removed passkey is still listed")
	}

	// Recovery codes: shown once, kept, replaced.
	w.follow("Recovery codes")
	w.sees("You have no recovery codes")
	w.checkPage("account-recovery")
	w.press("Create recovery codes")
	w.sees("Your new codes")
	w.wait("focus at the new codes", func() bool { return w.focused() == "Your new codes" })
	codes := evaluate[[]string](w, `[...document.querySelectorAll('ol code')].map(c => c.innerText)`)
	if len(codes) != 10 {
		t.Errorf("codes: %q", codes)
	}
	w.checkPage("account-recovery-codes")
	w.press("I saved them")
	w.sees("You have 10 codes left")
	if strings.Contains(w.text(), codes[0]) {
		t.Error("the codes are still in sight")
	}
	w.checkPage("account-recovery-kept")
	w.press("Replace codes")
	w.sees("will stop working")
	w.keys(kb.Escape)

	w.follow("Sites")
	w.sees("No linked sites yet")
	w.checkPage("account-sites-none")

	// Sessions: another page of the account is listed and ended here.
	w.follow("Sessions")
	w.sees("This session")
	w.checkPage("account-sessions")

	// What happened is listed, the newest first.
	w.follow("Activity")
	w.sees("Recovery codes created")
	w.sees("Account created")
	w.checkPage("account-activity")
	w.follow("Sessions")
	w.sees("This session")
	w.press("Sign out")
	w.sees("You are signed out.")
	w.press("Sign in with a passkey")
	w.sees("Robin of the Shop")
	w.keys(kb.Tab)
}
