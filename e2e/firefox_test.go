package e2e

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/company-a/aside/e2e/webdriver"
)

// firefox starts a Firefox with an authenticator, its own connection and the given preferences.
func firefox(t *testing.T, l *proxy, preferences map[string]any) *driverBrowser {
	t.Helper()
	host, port, err := net.SplitHostPort(l.server.Listener.Addr().String())
	must(t, err)
	n, err := strconv.Atoi(port)
	must(t, err)
	d := startDriver(t, func(ctx context.Context) (*webdriver.Session, error) {
		p := webdriver.Proxied(host, n)
		for name, value := range preferences {
			p[name] = value
		}
		return webdriver.Firefox(ctx, p)
	})
	must(t, d.AddAuthenticator(d.ctx))
	return d
}

// The main story in a default Firefox and in one that blocks other sites' cookies in frames. The first one refuses a frame
// the list of locks. The second one refuses it locks and storage, so a session lasts as long as its page.
func TestFirefox(t *testing.T) {
	t.Parallel()
	for name, story := range map[string]func(*testing.T, *aside, *proxy){
		"default settings": func(t *testing.T, a *aside, l *proxy) {
			f := firefox(t, l, nil)
			first := f.firstPage().visit(a.shop).signUp()
			first.write("Oolong", "spring harvest")
			first = first.visit(a.shop + "/order").widget()
			first.clickOn("option", "Oolong")
			first.hasText("spring harvest")
			second := f.tab().visit(a.shop).widget()
			second.followsChanges(first)
			other := second.visit(a.shop + "/login")

			l.disconnect()
			first.fill("Note", "written without a network")
			first.sees("Offline – saved on this device")
			must(t, first.focus())
			must(t, first.Close(f.ctx))
			l.reconnect()
			first = other.visit(a.shop).widget()
			first.clickOn("option", "Oolong")
			first.hasText("written without a network")
			first.signOutAndIn(a, "written without a network")
		},
		"cookies of other sites blocked": func(t *testing.T, a *aside, l *proxy) {
			f := firefox(t, l, map[string]any{"network.cookie.cookieBehavior": 1})
			first := f.firstPage().visit(a.shop).signUp()
			first.write("Oolong", "spring harvest")
			first = first.visit(a.shop + "/order").continueSignedIn()
			first.clickOn("option", "Oolong")
			first.hasText("spring harvest")
			second := f.tab().visit(a.shop).continueSignedIn()
			second.followsChanges(first)

			l.disconnect()
			first.fill("Note", "written without a network")
			first.sees("Not saved yet – keep this page open")
			l.reconnect()
			first.sees("Saved")
			first.signOutAndIn(a, "written without a network")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, start(t), newProxy(t))
		})
	}
}

// signUp signs up with a new account, from the pane's page through the popup to the notes.
func (p *driverPage) signUp() *driverPage {
	p.t.Helper()
	w := p.widget()
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.click("Allow")
	popup.closes()
	w.find("button", "New note")
	return w
}

// continueSignedIn signs in with the account that the browser is already signed in to.
func (p *driverPage) continueSignedIn() *driverPage {
	p.t.Helper()
	w := p.widget()
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Continue")
	popup.closes()
	w.find("button", "New note")
	return w
}

func (p *driverPage) hasText(text string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("note that says %q", text), func() bool { return p.value("Note") == text })
}

// followsChanges checks that a list shows another window's changes to its open note.
func (p *driverPage) followsChanges(elsewhere *driverPage) {
	p.t.Helper()
	p.sees("Oolong")
	elsewhere.fill("Title", "Oolong, two tins")
	p.sees("Oolong, two tins")
}

// signOutAndIn signs out and in again with the passkey, and finds the note in the account.
func (p *driverPage) signOutAndIn(a *aside, body string) {
	p.t.Helper()
	p.click("Sign out")
	p.find("button", "Sign in")
	if strings.Contains(p.text(), "Oolong") {
		p.t.Error("signed out, and the note is still in sight")
	}
	popup := p.opens(func() { p.click("Sign in") })
	popup.click("Sign in with a passkey")
	popup.closes()
	p.sees("Oolong, two tins")
	account := p.visit(a.account + "/account")
	account.sees("Your account has only one passkey")
	account = account.visit(a.account + "/account/notes")
	account.clickOn("link", "Oolong, two tins")
	account.hasText(body)
}
