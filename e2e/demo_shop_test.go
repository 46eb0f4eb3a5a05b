package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
)

func TestDemoShopIdentifiesItsCustomer(t *testing.T) {
	t.Parallel()
	a := start(t)
	widget := authtest.NewKey()
	assertion := func() string {
		in := a.callShop(t, http.MethodPost, "/login", nil, url.Values{"customer": {"customer-1342"}})
		return a.callShop(t, http.MethodGet, "/aside-assertion?nonce="+widget.Thumbprint(), in.Cookies, nil).Must(t, http.StatusOK).Body
	}
	first := a.exchange(t, "t_demo", assertion(), widget).Must(t, http.StatusOK)
	a.exchange(t, "t_demo", assertion(), authtest.NewKey()).Refused(t, http.StatusBadRequest, "assertion_rejected")
	a.callShop(t, http.MethodGet, "/aside-assertion?nonce="+widget.Thumbprint(), nil, nil).Must(t, http.StatusNoContent)

	// The next start derives the same secret.
	a.stop(t)
	a.run(t)
	again := a.exchange(t, "t_demo", assertion(), widget).Must(t, http.StatusOK)
	if first.Text("subject_hash") != again.Text("subject_hash") {
		t.Error("after another start Joe is somebody else")
	}
	if all, live := a.demoKeys(t); all != 1 || live != 1 {
		t.Errorf("two starts made %d keys, %d of them live", all, live)
	}

	// A new master key does not change it: it is derived from the root secret.
	a.stop(t)
	for i, variable := range a.env {
		if old, ok := strings.CutPrefix(variable, masterKey); ok {
			key := make([]byte, seal.KeySize)
			_, _ = rand.Read(key)
			a.env[i] = masterKey + base64.StdEncoding.EncodeToString(key) + "," + old
		}
	}
	a.run(t)
	a.exchange(t, "t_demo", assertion(), widget).Must(t, http.StatusOK)
	if all, live := a.demoKeys(t); all != 1 || live != 1 {
		t.Errorf("with a new master key there are %d keys, %d of them live", all, live)
	}
}

func TestLinkedNotesAreHiddenFromTheNextCustomer(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	logIn := func(customer string) {
		p.visit(a.shop + "/login").click(customer)
		(&window{person: p, ctx: p.ctx}).sees("Four teas") // redirected back
	}
	logIn("Joe Miller joe@post.example")
	p.visit(a.shop + "/order")
	w := p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.sees("Joe Miller")
	popup.click("Create an account")
	popup.sees("joe@post.example")
	popup.allowAndLink()
	w.find("button", "New note")
	w.write("Oolong", "spring harvest")
	w.sees("Joe Miller")

	p.visit(a.shop + "/tea/white-peony")
	p.widget(a).sees("Oolong")

	// Another customer logs in at the shop without signing out of the notes.
	logIn("Noor Haddad noor@post.example")
	p.visit(a.shop + "/tea/white-peony")
	w = p.widget(a)
	w.find("button", "Sign in")
	if strings.Contains(w.text(), "Oolong") {
		t.Error("Noor sees Joe's note")
	}
}

func TestLoggingOutOfTheShopEndsTheNotesSession(t *testing.T) {
	t.Parallel()
	a := start(t)
	alice := newPerson(t)
	alice.signUp(a, a.shop).write("Oolong", "spring harvest")
	page := alice.visit(a.shop + "/login")
	page.click("Noor Haddad noor@post.example")
	page.sees("Log out")

	page = alice.visit(a.shop + "/order")
	alice.widget(a).sees("Oolong") // started by a stranger, the session continues as hers
	page.click("Log out")
	page.sees("Log in")
	alice.visit(a.shop)
	w := alice.widget(a)
	w.find("button", "Sign in")
	if strings.Contains(w.text(), "Oolong") {
		t.Error("logged out of the shop, and the note is still in sight")
	}
}

// demoKeys counts the demo tenant's assertion keys.
func (a *aside) demoKeys(t *testing.T) (all, live int) {
	t.Helper()
	keys, err := a.database(t).AssertionKeys(t.Context(), "t_demo")
	must(t, err)
	for _, k := range keys {
		if k.RevokedAt == nil {
			live++
		}
	}
	return len(keys), live
}

// callShop sends a request to the demo shop with a browser's cookies. It posts a form.
func (a *aside) callShop(t *testing.T, method, path string, cookies []*http.Cookie, form url.Values) *authtest.Answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, a.shop+path, strings.NewReader(form.Encode()))
	must(t, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	response, err := loopback.RoundTrip(r)
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	var body bytes.Buffer
	_, err = body.ReadFrom(response.Body)
	must(t, err)
	return &authtest.Answer{Status: response.StatusCode, Header: response.Header, Cookies: response.Cookies(), Body: body.String()}
}

// masterKey is the prefix of the master key's environment variable.
const masterKey = "ASIDE_MASTER_KEY="

// database opens the service's database.
func (a *aside) database(t *testing.T) *db.DB {
	t.Helper()
	var masters [][]byte
	for _, variable := range a.env {
		text, ok := strings.CutPrefix(variable, masterKey)
		if !ok {
			continue
		}
		for part := range strings.SplitSeq(text, ",") {
			master, err := base64.StdEncoding.DecodeString(part)
			must(t, err)
			masters = append(masters, master)
		}
	}
	keys, err := seal.NewKeyring(masters...)
	must(t, err)
	d, err := db.Open(t.Context(), a.url, keys, db.Options{MaxConns: 2})
	must(t, err)
	t.Cleanup(d.Close)
	return d
}
