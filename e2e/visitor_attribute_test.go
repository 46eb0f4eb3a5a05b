package e2e

import (
	"html/template"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// The page of a company that identifies its visitor in the HTML.
var companyPage = template.Must(template.New("page").Parse(`<!doctype html><meta charset="utf-8"><title>Company</title>
<script>addEventListener('aside:error', e => { (window.errors ??= []).push(e.detail.code); window.said = e.detail.message })</script>
<script src="{{.Frame}}/v1/aside.js" async></script>
<aside-notes tenant="{{.Tenant}}"{{if .Name}} {{.Attribute}}{{end}}></aside-notes>`))

// companySite renders that page for each visit.
type companySite struct {
	URL       string
	mu        sync.Mutex
	attribute template.HTMLAttr
}

// setAttribute sets the attribute that the page has from now on.
func (s *companySite) setAttribute(name, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attribute = template.HTMLAttr(name + `="` + value + `"`)
	if name == "" {
		s.attribute = ""
	}
}

// startSite starts a site for a company.
func (c *company) startSite(t *testing.T, host string) *companySite {
	t.Helper()
	s := &companySite{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "text/html")
		_ = companyPage.Execute(w, map[string]any{"Frame": c.aside.frame, "Tenant": c.Key, "Name": s.attribute != "", "Attribute": s.attribute})
	}))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	must(t, err)
	s.URL = "http://" + host + ":" + port
	_, err = c.db.AddEmbedOrigin(t.Context(), db.Operator(c.Key), s.URL)
	must(t, err)
	return s
}

// runOnPage runs a script in the person's current page.
func (p *person) runOnPage(script string) {
	p.t.Helper()
	_, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("("+script+", true)"))
	must(p.t, err)
}

// waitForRefusal waits until the page receives the event for a refused assertion.
func (p *person) waitForRefusal() {
	p.t.Helper()
	p.waitFor("aside:error for the page", func() bool {
		got, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`(window.errors || []).join()`))
		return err == nil && strings.Contains(got, "assertion_rejected")
	})
}

// A page that is rendered for one visitor identifies the visitor in an attribute.
func TestAttributesIdentifyTheVisitor(t *testing.T) {
	t.Parallel()
	a := start(t)
	for attribute, says := range map[string]func(*testing.T, *company) func(subject string) string{
		"assertion": func(t *testing.T, c *company) func(string) string {
			signer := c.addSigner(t, "ES256")
			return func(subject string) string { return c.assert(signer, subject, "") }
		},
		"ticket": func(t *testing.T, c *company) func(string) string {
			serverKey := c.serverKey(t)
			return func(subject string) string { return c.ticket(t, serverKey, subject) }
		},
	} {
		t.Run(attribute, func(t *testing.T) {
			c := a.company(t, "The Paper", "paper.localhost", optional)
			site, said := c.startSite(t, "paper.localhost"), says(t, c)
			p := newPerson(t)
			site.setAttribute(attribute, said("joe"))
			p.visit(site.URL)
			w := p.widget(a)
			popup := w.opens(func() { w.click("Sign in") })
			popup.sees("joe@post.example")
			popup.click("Create an account")
			popup.allowAndLink()
			w.write("Joe's", "one")

			// The next page has another assertion for the same visitor, and the session continues.
			site.setAttribute(attribute, said("joe"))
			p.visit(site.URL)
			p.widget(a).sees("Joe's")

			// A cached page has a used assertion: the visitor is unknown, and the notes are closed.
			p.visit(site.URL)
			w = p.widget(a)
			w.find("button", "Sign in")
			p.waitForRefusal()
			if strings.Contains(w.text(), "Joe's") {
				t.Error("a used " + attribute + " opens the notes")
			}

			// A page for another visitor.
			site.setAttribute(attribute, said("noor"))
			p.visit(site.URL)
			w = p.widget(a)
			popup = w.opens(func() { w.click("Sign in") })
			popup.sees("noor@post.example")
			popup.createSecond()
			popup.allowAndLink()
			w.write("Noor's", "two")
			// The attribute changes in an open page.
			p.runOnPage(`document.querySelector('aside-notes').setAttribute(` + quote(attribute) + `, ` + quote(said("joe")) + `)`)
			w.find("button", "Sign in")
			if strings.Contains(w.text(), "Noor's") {
				t.Error("Joe sees Noor's note")
			}
			// A forgery is refused, and the visitor continues without it.
			p.runOnPage(`document.querySelector('aside-notes').setAttribute(` + quote(attribute) + `, 'tk_nonsense')`)
			p.waitForRefusal()
			popup = w.opens(func() { w.click("Sign in") })
			popup.click("Sign in with a passkey")
			popup.closes()
			w.find("button", "New note")
		})
	}
}

// A visitor uses the developer tools to change what the page passes, as an attribute or by a function. They read nobody
// else's notes.
func TestVisitorWhoEditsThePageReadsNoOtherNotes(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open") // Joe writes with his own GraphQL document
	hands := map[string]func(said string) string{
		"attribute": func(said string) string {
			return `n.assertion = undefined; n.setAttribute('assertion', ` + quote(said) + `)`
		},
		"callback": func(said string) string { return `n.assertion = async () => ` + quote(said) + `; n.update()` },
	}
	for way, hand := range hands {
		for class, policy := range map[string]db.Policy{"passkey": optional, "vouched": {Assertion: db.AssertionOptional, VouchedAccounts: true}} {
			t.Run(way+", "+class, func(t *testing.T) {
				c := a.company(t, "The Paper", "paper.localhost", policy)
				site, signer := c.startSite(t, "paper.localhost"), c.addSigner(t, "ES256")
				joe := c.visitor(t)
				said := c.assert(signer, "joe", joe.Key.Thumbprint())
				if policy.VouchedAccounts {
					joe.Token = c.openVouched(t, said, joe.Key).Must(t, http.StatusOK).Text("access_token")
				} else {
					c.signIn(t, joe, c.handle(t, said, joe.Key))
				}
				write(t, joe, "Joe's secret")

				p := newPerson(t)
				own := c.assert(signer, "mallory", "")
				site.setAttribute("assertion", own)
				p.visit(site.URL)
				w := p.widget(a)
				if policy.VouchedAccounts {
					w.sees("can read these notes")
				} else {
					w.find("button", "Sign in")
				}
				for _, forged := range append(signedIdentification(c, signer).forge(c.assert(signer, "mallory", ""), "joe"),
					said, // used by Joe
					c.assert(signer, "joe", joe.Key.Thumbprint()), // made for Joe's widget
				) {
					p.runOnPage(`(() => { window.errors = []; const n = document.querySelector('aside-notes'); ` + hand(forged) + ` })()`)
					p.waitForRefusal()
					w.find("button", "Sign in")
					if strings.Contains(w.text(), "Joe's secret") {
						t.Fatalf("with %s they read %s", forged, w.text())
					}
				}
				popup := w.opens(func() { w.click("Sign in") })
				popup.click("Create an account")
				popup.click("Allow")
				popup.closes()
				w.sees("No notes yet")
			})
		}
	}
}

// A handle may expire on the server, or in its database, before this browser knows.
func TestHandleThatExpiredOnTheServerIsRenewed(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.logIn(a, joe)
	p.visit(a.shop)
	w := p.widget(a)
	a.waitForRow(t, `SELECT count(*) > 0 FROM identity_handles`)
	a.exec(t, `UPDATE identity_handles SET expires_at = now()`)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.sees("joe@post.example") // requested again and not omitted
	popup.allowAndLink()
	w.sees("Joe Miller")

	// An attribute can't be renewed, so the visitor continues without it.
	c := a.company(t, "The Paper", "paper.localhost", optional)
	site := c.startSite(t, "paper.localhost")
	site.setAttribute("ticket", c.ticket(t, c.serverKey(t), "joe"))
	p.visit(site.URL)
	w = p.widget(a)
	w.find("button", "Sign in")
	a.waitForRow(t, `SELECT count(*) > 0 FROM identity_handles WHERE tenant_key = '`+c.Key+`'`)
	a.exec(t, `UPDATE identity_handles SET expires_at = now()`)
	popup = w.opens(func() { w.click("Sign in") })
	popup.click("Continue")
	popup.click("Allow")
	popup.closes()
	w.sees("No notes yet")
}

// waitFor waits until a query of the service's database returns true.
func (a *aside) waitForRow(t *testing.T, query string) {
	t.Helper()
	d := dbtest.At(t, a.url)
	connection := d.Connect(t, d.Superuser())
	if !poll(t.Context(), func() (yes bool) {
		must(t, connection.QueryRow(t.Context(), query).Scan(&yes))
		return yes
	}) {
		t.Fatalf("never: %s", query)
	}
}
