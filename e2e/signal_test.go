package e2e

import (
	"maps"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// manager is a password manager that follows a page's signals (Web Authentication Level 3, §5.1.10).
type manager struct {
	mu      sync.Mutex
	names   map[string]string // account names by credential id
	removed map[string]bool
}

// manager returns a manager of the signals that the window's authenticator receives from now on.
func (w *window) manager() *manager {
	w.t.Helper()
	m := &manager{names: map[string]string{}, removed: map[string]bool{}}
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

func (m *manager) calls(id string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.names[id]
}

func (m *manager) lost(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.removed[id]
}

// only returns the id of the person's only passkey, and a copy of their passkeys.
func (p *person) only() (id string, keys map[string]*webauthn.Credential) {
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
func TestThePasswordManagerIsTold(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.account(a, "")
	m := w.manager()
	w.click("Create an account")
	w.sees("Only one passkey opens your account")
	first, laptop := p.only()
	a.exec(t, `UPDATE sessions SET confirmed_at = now() - interval '1 hour'`) // a name change needs no fresh passkey
	w.fill("Name", "Robin of the Shop")
	w.click("Save")
	w.wait("the new name at the manager", func() bool { return m.calls(first) == "Robin of the Shop" })
	a.exec(t, `UPDATE sessions SET confirmed_at = now()`)

	// A second device is given away, and its manager learns that.
	w.clickOn("link", "Passkeys")
	w.changesDevice()
	w.click("Add a passkey")
	w.sees("Passkey added")
	second, phone := p.only()
	name := evaluate[string](w, `[...document.querySelectorAll('.rows .title')].at(-1).innerText`)
	evaluate[bool](w, `(document.querySelector('.rows li').hidden = true)`) // both may have the same name
	w.click("Remove " + name)
	w.click("Remove")
	w.wait("the passkey gone from the manager", func() bool { return m.lost(second) })

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
		told := stranger.manager()
		stranger.click("Sign in with a passkey")
		stranger.sees("This passkey doesn't match any account here.")
		stranger.wait("the unknown passkey gone from the manager", func() bool { return told.lost(second) })
	}

	// Deleting the account also removes the first one.
	w.unplug()
	p.passkeys = laptop
	w.plugIn()
	w.clickOn("link", "Your data")
	w.click("Delete account")
	w.fill("Type “delete” to continue", "delete")
	w.click("Delete forever")
	w.sees("Your account and everything in it")
	w.wait("the last passkey gone from the manager", func() bool { return m.lost(first) })
}
