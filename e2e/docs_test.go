package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// The documentation is read and searched with the keyboard. The help of an error leads to its explanation.
func TestDocs(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.visit(a.frame + "/help#popup_blocked")
	w.sees("the browser opened no window")
	if got := evaluate[string](w, `location.href + ' ' + document.querySelector(':target').parentElement.innerText.slice(0, 13)`); got != a.account+"/docs/troubleshooting#popup_blocked popup_blocked" {
		t.Errorf("help leads to %s", got)
	}
	w.checkPage("docs-troubleshooting")
	w = p.visit(a.account + "/docs/assertions")
	w.checkPage("docs-assertions")
	w.keys("/")
	if got := evaluate[string](w, `document.activeElement.id`); got != "words" {
		t.Errorf("/ moves the focus to %q", got)
	}
	w.enter("Search", "assertion_expired")
	w.wait("results", func() bool { return strings.Contains(w.text(), "Saying who your visitor is: assertion_expired") })
	w.checkPage("docs-search")
	w.keys(kb.Enter)
	if got := evaluate[string](w, `document.activeElement.innerText`); got != "Saying who your visitor is: assertion_expired" {
		t.Errorf("after Enter the focus is on %q", got)
	}
	w.keys(kb.Enter)
	w.wait("the row", func() bool {
		return evaluate[bool](w, `!document.getElementById('article').hidden && location.hash === '#assertion_expired'`)
	})
	w.enter("Search", "nothing has this word: qqqq")
	w.sees("Nothing was found.")
	w.checkPage("docs-nothing")
	w = p.visit(a.account + "/docs/console?q=webauthn%20passkey")
	w.wait("the search in the address", func() bool { return evaluate[bool](w, `!document.getElementById('results').hidden`) })
	for page, text := range map[string]string{"": "For an operator", "/graphql": "createNote", "/configuration": "ASIDE_LISTEN", "/samples/node/hs256.mjs": "ASIDE_SECRET"} {
		w = p.visit(a.account + "/docs" + page)
		w.sees(text)
		w.checkPage("docs" + strings.ReplaceAll(page, "/", "-"))
	}
}

// On a server for development, the explorer runs operations as the signed-in person.
func TestExplorer(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	olga := newPerson(t)
	w := olga.console(a, "")
	w.press("Create an account")
	w.enter("Name", "Hillside Tea")
	w.press("Create tenant")
	w.sees("Tenant key")
	key := evaluate[string](w, `location.pathname.split("/")[2]`)
	if got := evaluate[string](w, `document.querySelector('.documentation a').getAttribute('href')`); got != "/docs/console#install" {
		t.Errorf("the console's documentation is at %s", got)
	}
	w.follow("GraphQL explorer")
	w.sees("Operations run as you")
	w.press("Run")
	w.sees(`"id": "` + key + `"`)
	w.checkPage("explorer")
	w.press("tenant: Tenant")
	w.wait("an operation", func() bool {
		return strings.Contains(evaluate[string](w, `document.getElementById('operation').value`), "tenant(id: $id)")
	})
	w.enter("Variables", `{"id": "`+key+`"`)
	w.press("Run")
	w.sees("This isn’t JSON.")
	w.checkPage("explorer-invalid")
	w.enter("Variables", `{"id": "`+key+`"}`)
	w.press("Run")
	w.sees(`"name": "Hillside Tea"`)
}
