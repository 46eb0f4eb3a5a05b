package e2e

import (
	"maps"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// passwordManager is a password manager that follows a page's signals (Web Authentication Level 3, §5.1.10).
type passwordManager struct {
	mu      sync.Mutex
	names   map[string]string // account names by credential id
	removed map[string]bool
}

// passwordManager returns a manager of the signals that the window's authenticator receives from now on.
func (w *window) passwordManager() *passwordManager {
	w.t.Helper()
	m := &passwordManager{names: map[string]string{}, removed: map[string]bool{}}
	must(w.t, chromedp.Listen(w.ctx, func(event any) {
		m.mu.Lock()
		defer m.mu.Unlock()
		switch e := event.(type) {
		case *webauthn.EventCredentialUpdated:
			m.names[string(e.Credential.CredentialID)] = e.Credential.UserDisplayName
		case *webauthn.EventCredentialDeleted:
			m.removed[string(e.CredentialID)] = true
		}
	}))
	return m
}

func (m *passwordManager) name(id string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.names[id]
}

func (m *passwordManager) isRemoved(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.removed[id]
}

// onlyPasskey returns the id of the person's only passkey, and a copy of their passkeys.
func (p *person) onlyPasskey() (id string, keys map[string]*webauthn.Credential) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.passkeys) != 1 {
		p.t.Fatalf("%d passkeys", len(p.passkeys))
	}
	for id = range p.passkeys {
	}
	return id, maps.Clone(p.passkeys)
}

// A password manager learns the account's new name and which passkeys no longer work: after a rename, a removal, a recovery
// and the account's deletion, and when an unknown passkey is tried.
func TestPasswordManagerSignals(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.account(a, "")
	m := w.passwordManager()
	w.click("Create an account")
	w.sees("Your account has only one passkey")
	first, laptop := p.onlyPasskey()
	a.exec(t, `UPDATE sessions SET confirmed_at = now() - interval '1 hour'`) // a name change needs no fresh passkey
	w.fill("Name", "Robin of the Shop")
	w.click("Save")
	w.wait("the new name at the manager", func() bool { return m.name(first) == "Robin of the Shop" })
	a.exec(t, `UPDATE sessions SET confirmed_at = now()`)

	// A second device is given away, and its manager learns that.
	w.clickOn("link", "Passkeys")
	w.switchDevice()
	w.click("Add a passkey")
	w.sees("Passkey added")
	second, phone := p.onlyPasskey()
	name := evaluate[string](w, `[...document.querySelectorAll('.rows .title')].at(-1).innerText`)
	evaluate[bool](w, `(document.querySelector('.rows li').hidden = true)`) // both may have the same name
	w.click("Remove " + name)
	w.click("Remove")
	w.wait("the passkey gone from the manager", func() bool { return m.isRemoved(second) })

	// A backup of that device tries to sign in at the account page and in the popup.
	for _, at := range []string{"account", "popup"} {
		other := newPerson(t)
		other.passkeys = maps.Clone(phone)
		var stranger *window
		if at == "account" {
			stranger = other.account(a, "")
		} else {
			other.visit(a.shop)
			widget := other.widget(a)
			stranger = widget.opens(func() { widget.click("Sign in") })
		}
		told := stranger.passwordManager()
		stranger.click("Sign in with a passkey")
		stranger.sees("This passkey doesn’t match any account here.")
		stranger.wait("the unknown passkey gone from the manager", func() bool { return told.isRemoved(second) })
	}

	// Deleting the account also removes the first one.
	w.disconnectAuthenticator()
	p.passkeys = laptop
	w.connectAuthenticator()
	w.clickOn("link", "Your data")
	w.click("Delete account")
	w.fill("Type “delete” to continue", "delete")
	w.click("Delete forever")
	w.sees("Your account and everything in it")
	w.wait("the last passkey gone from the manager", func() bool { return m.isRemoved(first) })
}
