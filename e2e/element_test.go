package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
)

// A page may define any global name, style every frame, and replace children of the element that it did not add.
const possessivePage = `<script>
	for (const name of ["origin", "name", "status", "event", "self", "parent", "length", "open", "close", "stop", "screen", "history", "URL", "Event", "CustomEvent",
		"HTMLElement", "CSSStyleSheet", "console", "Promise", "setTimeout", "clearTimeout", "addEventListener", "removeEventListener", "dispatchEvent", "postMessage", "innerHeight"])
		Object.defineProperty(window, name, {value: "LHR", writable: true, configurable: true});
	document.addEventListener("asideready", () => (document.body.dataset.ready = (document.body.dataset.ready ?? "") + "+"));
	</script><style>iframe { display: none !important; opacity: 0 !important; aspect-ratio: 9 } aside-notes > * { display: none }</style>`

func TestAPageThatKeepsNothingForItself(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	page := p.visit(a.reader(t, "hostile.localhost", func(tenant string) http.Handler {
		return html(possessivePage + documented(t, "# Embedding the widget", "html", a.frame, tenant))
	}))
	w := p.widget(a)
	w.find("button", "Sign in")
	page.wait("word that it is ready, once", func() bool { return evaluate[string](page, `document.body.dataset.ready ?? ''`) == "+" })
	if size := evaluate[string](page, `(({offsetWidth, offsetHeight}) => offsetWidth > 100 && offsetHeight >= 240)(document.querySelector('aside-notes').shadowRoot.querySelector('iframe')) + ''`); size != "true" {
		t.Error("the page's style sheet reaches the frame")
	}
	// A morphing library resets the element to the server's version, which is empty.
	evaluate[bool](page, `(document.querySelector('aside-notes').replaceChildren(), document.querySelector('aside-notes').removeAttribute('class'), true)`)
	w.find("button", "Sign in")
	evaluate[bool](page, `(document.querySelector('aside-notes').hidden = true)`)
	if height := evaluate[int](page, `document.querySelector('aside-notes').offsetHeight`); height != 0 {
		t.Errorf("hidden, it is %d px high", height)
	}
}

// On a page that is never reloaded, each way to identify the visitor takes effect immediately.
func TestTheVisitorChangesInAnOpenPage(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open") // Joe has written with his own GraphQL document
	c := a.company(t, "The Paper", "paper.localhost", db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true})
	site, signer := c.hosts(t, "paper.localhost"), c.signs(t, "ES256")
	joe := c.visitor(t)
	joe.Token = c.vouches(t, c.says(signer, "joe", joe.Key.Thumbprint()), joe.Key).Must(t, http.StatusOK).Text("access_token")
	write(t, joe, "Joe's")
	p := newPerson(t)
	p.visit(site.URL)
	w := p.widget(a)
	w.find("button", "Sign in")
	on := func(script string) {
		p.onPage(`(() => { const n = document.querySelector('aside-notes'); ` + script + ` })()`)
	}
	// Each assertion works once, to identify the visitor or to open their notes.
	says := func(subject string) string {
		return `(words => async () => words.shift())([` + quote(c.says(signer, subject, "")) + `,` + quote(c.says(signer, subject, "")) + `,` + quote(c.says(signer, subject, "")) + `])`
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
	p.refusedOnce()
	w.find("button", "Sign in")
}
