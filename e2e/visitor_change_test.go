package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
)

// On a page that is never reloaded, each way to identify the visitor takes effect immediately.
func TestTheVisitorChangesInAnOpenPage(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open") // Joe has written with his own GraphQL document
	c := a.company(t, "The Paper", "paper.localhost", db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true})
	site, signer := c.startSite(t, "paper.localhost"), c.addSigner(t, "ES256")
	joe := c.visitor(t)
	joe.Token = c.openVouched(t, c.assert(signer, "joe", joe.Key.Thumbprint()), joe.Key).Must(t, http.StatusOK).Text("access_token")
	write(t, joe, "Joe's")
	p := newPerson(t)
	p.visit(site.URL)
	w := p.widget(a)
	w.find("button", "Sign in")
	on := func(script string) {
		p.runOnPage(`(() => { const n = document.querySelector('aside-notes'); ` + script + ` })()`)
	}
	// Each assertion works once, to identify the visitor or to open their notes.
	says := func(subject string) string {
		return `(words => async () => words.shift())([` + quote(c.assert(signer, subject, "")) + `,` + quote(c.assert(signer, subject, "")) + `,` + quote(c.assert(signer, subject, "")) + `])`
	}

	on(`n.assertion = ` + says("joe")) // set
	w.sees("Joe's")
	on(`n.assertion = ` + says("noor")) // replaced
	w.sees("No notes yet")
	if strings.Contains(w.text(), "Joe's") {
		t.Error("Noor sees Joe's note")
	}
	on(`n.assertion = undefined`) // removed
	w.find("button", "Sign in")

	// The function stays the same, and the visitor's name changes.
	on(`window.says = ` + says("joe") + `; n.visitor = "joe"; n.assertion = () => window.says()`)
	w.sees("Joe's")
	on(`window.says = ` + says("noor") + `; n.visitor = "noor"`)
	w.sees("No notes yet")
	// A pending function shows nothing.
	on(`window.says = () => new Promise(() => {}); n.setAttribute("visitor", "somebody")`)
	w.wait("notes out of sight", func() bool { return !strings.Contains(w.text(), "New note") })
	on(`window.says = ` + says("joe") + `; n.visitor = "joe"`)
	w.sees("Joe's")
	on(`window.says = async () => ""; n.visitor = null`)
	w.find("button", "Sign in")

	// A framework that doesn't know the property writes the function's source into the attribute.
	on(`window.errors = []; n.assertion = null; n.setAttribute("assertion", String(async ({ nonce }) => (await fetch("/assertion?" + nonce)).text()))`)
	p.waitForRefusal()
	w.find("button", "Sign in")
}
