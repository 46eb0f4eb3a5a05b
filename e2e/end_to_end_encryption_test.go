package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
)

// wrapsQuery asks which passkeys open the notes.
const wrapsQuery = `{ viewer { keyWraps { passkey } } }`

// notesPage opens our own page of the shop's notes in the person's tab, which keeps its authenticator.
func (w *window) notesPage(a *aside) *window {
	w.t.Helper()
	w.visit(a.frame + "/embed/t_demo")
	return w
}

// signInHere signs in to the notes by redirect, in the same tab.
func (w *window) signInHere() {
	w.t.Helper()
	w.click("Sign in")
	w.click("Continue")
}

// turnOnEncryption turns end-to-end encryption on at the account page, and returns the recovery codes.
func (w *window) turnOnEncryption(a *aside) []string {
	w.t.Helper()
	w.visit(a.account + "/account/encryption")
	return w.turnOnEncryptionHere()
}

// turnOnEncryptionHere does so on the page that is open.
func (w *window) turnOnEncryptionHere() []string {
	w.t.Helper()
	codes := w.newCodes()
	w.fill("Type one of the codes", "0000-0000")
	w.click("Encrypt my notes")
	w.sees("That is not one of the codes above.")
	w.fill("Type one of the codes", strings.ToLower(codes[4]))
	w.click("Encrypt my notes")
	w.sees("It is on")
	return codes
}

// newCodes begins to turn encryption on, and returns the recovery codes.
func (w *window) newCodes() []string {
	w.t.Helper()
	w.click("Turn on")
	w.sees("Your new codes")
	codes := evaluate[[]string](w, `[...document.querySelectorAll('ol code')].map(c => c.innerText)`)
	w.click("I saved them")
	return codes
}

// A person turns end-to-end encryption on, and reads, writes and finds their notes as before, at the widget and at the account page,
// after a reload and another sign-in. With it off again, all notes are there.
func TestOnlyTheirDevicesReadTheNotes(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.prf = true
	w := p.account(a, "/encryption")
	w.click("Create an account")
	w.sees("It is off")
	w.notesPage(a).signInHere()
	w.click("Allow")
	w.write("Oolong", "Order the spring harvest before Friday.")
	w.sees("Turn on end-to-end encryption")

	w.turnOnEncryption(a)
	w.checkPage("account-encryption-on")
	w.follow("Notes")
	w.sees("Only you can read your notes")
	w.follow("Oolong")
	w.wait("the text of the note", func() bool { return w.value("Note") == "Order the spring harvest before Friday." })
	w.fill("Note", "Order the autumn harvest.")
	w.sees("Saved")

	w.notesPage(a)
	w.signInHere()
	w.sees("Only you can read these notes.")
	w.clickOn("option", "Oolong")
	w.wait("the new text", func() bool { return w.value("Note") == "Order the autumn harvest." })
	w.closeNote()
	w.write("Gift for Noor", "The blue tin, not the red.")
	w.notesPage(a)
	w.sees("Gift for Noor")
	w.fill("Search notes", "blue TIN")
	w.sees("1 note found.")
	w.checkPage("widget-encrypted")

	// In a frame, the popup gives the key. Another site has another one.
	_, paper := a.tenant(t, "The Paper", "paper.localhost")
	for _, page := range []string{a.shop, paper} {
		w.visit(page)
		frame := p.widget(a)
		popup := frame.opens(func() { frame.click("Sign in") })
		popup.click("Continue")
		if page == paper {
			popup.click("Allow")
		}
		popup.closes()
		frame.sees("Only you can read these notes.")
		if page == a.shop {
			frame.sees("Gift for Noor")
			continue
		}
		frame.write("Long read", "Chapter two, on monsoons.")
		if strings.Contains(frame.text(), "Noor") {
			t.Error("the paper's widget shows a note from the shop")
		}
	}
	w.visit(a.account + "/account/notes")
	w.sees("Long read")
	w.sees("Gift for Noor")
	w.fill("Search", "MONSOONS")
	w.sees("1 note")
}

// A person who has lost their device opens the notes with a recovery code and a new passkey, signs in again with that one, and turns
// encryption off: all notes are there.
func TestARecoveryCodeOpensEncryptedNotes(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.prf = true
	w := p.account(a, "/encryption")
	w.click("Create an account")
	w.sees("It is off")
	w.notesPage(a).signInHere()
	w.click("Allow")
	w.write("Oolong", "Order the spring harvest before Friday.")
	codes := w.turnOnEncryption(a)

	w.switchDevice()
	w.click("Sign out")
	w.sees("You are signed out.")
	w.visit(a.account + "/recover")
	w.fill("Recovery code", codes[2])
	w.click("Continue")
	w.sees("This opens the account of")
	w.click("Create a new passkey")
	w.sees("Your new passkey is ready")
	w.visit(a.account + "/account/notes")
	w.sees("Oolong")
	w.click("Sign out")
	w.click("Sign in with a passkey")
	w.sees("Only you can read your notes")
	w.visit(a.account + "/account/notes")
	w.sees("Oolong")

	// Without the key, the notes are locked until a code or a passkey opens them. The code is not used up.
	evaluate[bool](w, `indexedDB.deleteDatabase('aside') && true`)
	w.visit(a.account + "/account/notes")
	w.sees("Your notes are locked in this browser")
	w.checkPage("account-locked")
	w.sees("Locked note")
	w.fill("Recovery code", codes[3])
	w.click("Unlock with a code")
	w.sees("Oolong")

	w.visit(a.account + "/account/encryption")
	w.click("Turn off")
	w.click("Decrypt my notes")
	w.sees("It is off")
	w.visit(a.account + "/account/notes")
	w.sees("Oolong")
}

// A second passkey opens the notes, too, also at another sign-in. The wrap of a removed one is gone, and the other one still opens
// the notes.
func TestEachPasskeyOpensEncryptedNotes(t *testing.T) {
	t.Parallel()
	a := start(t)
	line := newProxy(t)
	p := newPerson(t, line.route)
	p.prf = true
	w := p.account(a, "/encryption")
	w.click("Create an account")
	w.sees("It is off")
	w.notesPage(a).signInHere()
	w.click("Allow")
	w.write("Oolong", "Order the spring harvest before Friday.")
	w.turnOnEncryption(a)

	// The first passkey confirms, then a security key is touched.
	first, second := w.authenticator, w.addAuthenticator(webauthn.AuthenticatorTransportUsb)
	use := func(touched, other webauthn.AuthenticatorID) {
		w.setPresence(touched, true)
		w.setPresence(other, false)
	}
	use(first, second)
	forward := line.forward
	line.forward = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/passkeys/addition" {
			use(second, first)
		}
		forward.ServeHTTP(out, r)
	})
	w.visit(a.account + "/account/passkeys")
	w.click("Add a passkey")
	w.sees("Passkey added. It opens your notes, too.")
	wraps := func() string {
		w.t.Helper()
		return await[string](w, `fetch("/graphql", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({query: "`+wrapsQuery+`"})}).then((answer) => answer.text())`)
	}
	if got := wraps(); strings.Count(got, `"passkey":`) != 2 {
		t.Errorf("the wraps are %s", got)
	}

	w.click("Sign out")
	w.sees("You are signed out.")
	w.click("Sign in with a passkey")
	w.sees("Only you can read your notes")
	w.visit(a.account + "/account/notes")
	w.sees("Oolong")

	w.visit(a.account + "/account/passkeys")
	w.wait("list", func() bool { return evaluate[bool](w, `document.querySelector(".rows .title") !== null`) })
	w.click("Remove " + evaluate[string](w, `document.querySelector(".rows .title").innerText`))
	w.click("Remove")
	w.sees("Passkey removed")
	if got := wraps(); strings.Count(got, `"passkey":`) != 1 {
		t.Errorf("the wraps are %s", got)
	}
	w.click("Sign out")
	w.sees("You are signed out.")
	w.click("Sign in with a passkey")
	w.sees("Only you can read your notes")
	w.visit(a.account + "/account/notes")
	w.sees("Oolong")
}

// A person makes their first passkey in the window, is offered end-to-end encryption after their first note, and turns it on by the
// link. The passkey of another window gives no key in the new tab (nor does one of a device that can't), so they add one there first.
// The sign-in window then gives the key to the widget: by Continue, and after a recovery with the passkey that it makes.
func TestEncryptionIsTurnedOnFromTheWidget(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.prf = true
	frame := p.signUp(a, a.shop)
	frame.write("Oolong", "Order the spring harvest before Friday.")
	w := frame.opens(func() { frame.clickOn("link", "Turn on end-to-end encryption") })
	w.sees("It is off")
	w.click("Turn on")
	w.sees("This passkey can’t encrypt notes")

	w.addAuthenticator(webauthn.AuthenticatorTransportUsb)
	w.setPresence(w.authenticator, false)
	w.clickOn("link", "Passkeys")
	w.click("Add a passkey")
	w.sees("Passkey added")
	w.clickOn("link", "Encryption")
	codes := w.turnOnEncryptionHere()

	p.losePasskeys() // the window needs none
	frame.sees("Sign in")
	popup := frame.opens(func() { frame.click("Sign in") })
	popup.click("Continue")
	popup.closes()
	frame.sees("Only you can read these notes.")
	frame.sees("Oolong")

	frame.click("Sign out")
	popup = frame.opens(func() { frame.click("Sign in") })
	popup.click("Lost your passkey?")
	popup.fill("Recovery code", codes[7])
	popup.click("Create a new passkey")
	popup.sees("Your new passkey is ready")
	popup.click("Continue")
	popup.closes()
	frame.sees("Only you can read these notes.")
	frame.sees("Oolong")
	if got := p.atAccount(a, wrapsQuery); strings.Count(got, `"passkey":`) != 2 {
		t.Errorf("the wraps are %s", got)
	}
}

// New recovery codes are shown in one tab. In another one, encryption is turned off and on: the codes would open nothing, so they are
// not stored, and the others stay.
func TestCodesFromBeforeEncryptionWasTurnedOffAndOnAreNotStored(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.prf = true
	w := p.account(a, "/encryption")
	w.click("Create an account")
	w.sees("It is off")
	first := w.turnOnEncryption(a)
	w.visit(a.account + "/account/recovery")
	w.click("Replace codes")
	w.click("Replace")
	w.sees("Your new codes")

	other := p.newTab(a.account + "/recover")
	p.losePasskeys() // the passkey of the first tab gives no key here
	other.connectAuthenticator()
	other.fill("Recovery code", first[0])
	other.click("Continue")
	other.click("Create a new passkey")
	other.sees("Your new passkey is ready")
	other.clickOn("link", "Go to your account")
	other.clickOn("link", "Encryption")
	other.click("Turn off")
	other.click("Decrypt my notes")
	other.sees("It is off")
	second := other.turnOnEncryptionHere()

	w.click("I saved them")
	w.sees("These codes were not stored. Create new ones.")
	w.find("button", "Replace codes")
	w.sees("You have 10 codes left")
	evaluate[bool](w, `indexedDB.deleteDatabase('aside') && true`)
	w.visit(a.account + "/account/notes")
	w.fill("Recovery code", second[0])
	w.click("Unlock with a code")
	w.sees("Only you can read your notes")
}

// A person signs in with a security key, and adds a passkey on this computer when the sign-in window offers it: that one opens the notes,
// too. The window is their tab, by redirect, since the key would give nothing in another one.
func TestAPasskeyAddedOnThisDeviceOpensEncryptedNotes(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.prf, p.device = true, webauthn.AuthenticatorTransportUsb
	w := p.account(a, "/encryption")
	w.click("Create an account")
	w.sees("It is off")
	w.notesPage(a).signInHere()
	w.click("Allow")
	w.write("Oolong", "Order the spring harvest before Friday.")
	w.turnOnEncryption(a)
	w.click("Sign out")
	w.sees("You are signed out.")

	key, reader := w.authenticator, w.addAuthenticator(webauthn.AuthenticatorTransportInternal)
	w.setPresence(reader, false)
	w.notesPage(a)
	w.click("Sign in")
	w.click("Sign in with a passkey")
	w.sees("Add a passkey on this device?")
	w.setPresence(key, false)
	w.setPresence(reader, true)
	w.click("Add a passkey")
	w.sees("Only you can read these notes.")
	w.sees("Oolong")

	w.click("Sign out")
	w.click("Sign in")
	w.click("Sign in with a passkey")
	w.sees("Only you can read these notes.")
	w.sees("Oolong")
}
