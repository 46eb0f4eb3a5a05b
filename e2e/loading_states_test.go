package e2e

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/target"
)

// gate is a proxy that holds back the API's responses while it is closed.
type gate struct {
	address string

	mu      sync.Mutex
	shut    chan struct{} // nil while the gate is open
	waiting int
}

func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{}
	forward := &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}, Transport: loopback, ErrorLog: log.New(io.Discard, "", 0)} // the browser's own requests fail
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/graphql" && !strings.Contains(r.Header.Get("Accept"), "event-stream") {
			g.wait(r)
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(g.open) // runs before server.Close, which waits for pending requests
	g.address = server.Listener.Addr().String()
	return g
}

func (g *gate) wait(r *http.Request) {
	g.mu.Lock()
	shut := g.shut
	if shut == nil {
		g.mu.Unlock()
		return
	}
	g.waiting++
	g.mu.Unlock()
	select {
	case <-shut:
	case <-r.Context().Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting--
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = make(chan struct{})
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut != nil {
		close(g.shut)
		g.shut = nil
	}
}

func (g *gate) isHolding() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waiting > 0
}

// newPerson returns a person behind the gate.
func (g *gate) newPerson(t *testing.T) *person {
	t.Helper()
	return newPerson(t, func(c *target.CreateBrowserContextParams) {
		c.ProxyServer, c.ProxyBypassList = "http://"+g.address, "<-loopback>"
	}).withoutTimeouts()
}

// withoutTimeouts removes the time limit for requests from the pages in the person's tab.
func (p *person) withoutTimeouts() *person {
	p.t.Helper()
	p.visit("about:blank").removeFeature(`AbortSignal.timeout = () => new AbortController().signal`)
	return p
}

// While a response is pending, the page says so, also to assistive technology. When the response arrives, nothing visible
// moves.
func TestLoadingStates(t *testing.T) {
	t.Parallel()
	a := start(t)
	g := newGate(t)
	p := g.newPerson(t)
	w := p.console(a, "")
	w.click("Create an account")
	w.fill("Name", "Hillside Tea")
	w.click("Create tenant")
	w.sees("None yet: no page can show the widget.")

	const inSight = `JSON.stringify([...document.querySelectorAll('header *, nav *, main h1, main h2, main .about, main button, main label')].filter(e => e.checkVisibility())
		.map(e => { const { x, y, width } = e.getBoundingClientRect(); e.seen = true; return [e.innerText, Math.round(x), Math.round(y), Math.round(width)] }))`
	const stillThere = `JSON.stringify([...document.querySelectorAll('header *, nav *, main h1, main h2, main .about, main button, main label')].filter(e => e.seen)
		.map(e => { const { x, y, width } = e.getBoundingClientRect(); return [e.innerText, Math.round(x), Math.round(y), Math.round(width)] }))`
	waits := func(place string, arrives string) {
		t.Helper()
		g.close()
		w.clickOn("link", place)
		w.wait("question under way", g.isHolding)
		w.sees("One moment…")
		if !evaluate[bool](w, `!!document.querySelector('main [aria-busy=true]') && !!document.querySelector('main [role=status]')`) {
			t.Errorf("%s: nothing says that it is busy", place)
		}
		before := evaluate[string](w, inSight)
		if place == "Audit log" || place == "Sessions" {
			w.checkPage("waiting-" + strings.ToLower(strings.ReplaceAll(place, " ", "-")))
			before = evaluate[string](w, inSight)
		}
		g.open()
		w.sees(arrives)
		if evaluate[bool](w, `!!document.querySelector('[aria-busy=true]')`) {
			t.Errorf("%s: it stays busy", place)
		}
		if after := evaluate[string](w, stillThere); after != before {
			t.Errorf("%s moves as it arrives, from\n%s\nto\n%s", place, before, after)
		}
	}
	waits("Embed origins", "No page can show your widget yet.")
	waits("Assertion keys", "No assertion keys yet.")
	waits("Server keys", "No server keys yet.")
	waits("Policy", "Require a nonce")
	waits("Branding", "Accent color")
	waits("Usage", "Nobody used your widget")
	waits("Audit log", "tenant.created")
	waits("Members", "Invite someone")
	waits("Install", "Check my installation")

	w = p.visit(a.account + "/account/sites")
	w.sees("No linked sites yet.")
	waits("Overview", "Account ID")
	waits("Notes", "No notes yet.")
	waits("Passkeys", "Not used since then")
	waits("Recovery codes", "You have no recovery codes.")
	waits("Sessions", "This session")
	waits("Your data", "Delete account")
	waits("Sites", "No linked sites yet.")
	waits("Activity", "Account created")

	// A pressed button is marked as busy, keeps its position and its focus, and ignores a second press.
	w.clickOn("link", "Overview")
	w.fill("Name", "Robin of the Shop")
	g.close()
	w.click("Save")
	w.wait("rename under way", g.isHolding)
	if got := evaluate[string](w, `[...document.querySelectorAll('main button')].filter(e => e.ariaBusy === 'true').map(e => e.innerText + e.ariaDisabled).join()`); got != "Savetrue" {
		t.Errorf("busy are %q", got)
	}
	g.open()
	w.sees("Saved")
}
