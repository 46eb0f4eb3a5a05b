package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// Assertions about visitors at the demo shop, as the visitors experience them.

const (
	joe  = "Joe Miller joe@post.example"
	noor = "Noor Haddad noor@post.example"
)

// logIn logs a person in at the shop as a customer.
func (p *person) logIn(a *aside, customer string) {
	p.t.Helper()
	p.visit(a.shop + "/login").click(customer)
	(&window{person: p, ctx: p.ctx}).sees("Four teas") // redirected back
}

// policy changes the demo tenant's assertion policy.
func (a *aside) policy(t *testing.T, p db.Policy) {
	t.Helper()
	_, err := a.database(t).UpdateTenant(t.Context(), db.Operator("t_demo"), dbtest.Policy(p))
	must(t, err)
}

// signUpLinked opens the notes from the shop with a new account that is linked to a customer.
func (p *person) signUpLinked(a *aside, customer string) *window {
	p.t.Helper()
	p.logIn(a, customer)
	p.visit(a.shop)
	w := p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.allowAndLink()
	w.find("button", "New note")
	return w
}

// allowAndLink allows the tenant in the popup, with the link that it offers.
func (w *window) allowAndLink() {
	w.t.Helper()
	w.find("button", "Allow")
	w.clickOn("field", evaluate[string](w, `document.querySelector('#with-link').labels[0].innerText`))
	w.click("Allow")
	w.closes()
}

// identities returns the person's links, requested like the account page does.
func (p *person) identities(a *aside) (ids, subjects []string) {
	p.t.Helper()
	var answer struct {
		Data struct {
			Viewer struct {
				Identities []struct{ ID, Subject string }
			}
		}
	}
	must(p.t, json.Unmarshal([]byte(p.atAccount(a, `{ viewer { identities { id subject } } }`)), &answer))
	for _, i := range answer.Data.Viewer.Identities {
		ids, subjects = append(ids, i.ID), append(subjects, i.Subject)
	}
	return ids, subjects
}

// atAccount sends a request to the API with the account cookie from a page of the account origin.
func (p *person) atAccount(a *aside, query string) string {
	p.t.Helper()
	p.visit(a.account + "/")
	body, err := json.Marshal(map[string]string{"query": query})
	must(p.t, err)
	answer, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](
		`fetch('/graphql', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: `+quote(string(body))+`}).then(r => r.text())`,
		chromedp.EvalAwaitPromise))
	must(p.t, err)
	return answer
}

func TestNotNowOpensTheNotesWithoutALink(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	p := newPerson(t)
	p.logIn(a, joe)
	p.visit(a.shop)
	w := p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.sees("Link this account to Joe Miller")
	popup.click("Allow")
	popup.closes()
	w.write("Oolong", "spring harvest")
	if strings.Contains(w.text(), "Joe Miller") {
		t.Error("the widget shows a link that was not made")
	}
	if _, subjects := p.identities(a); len(subjects) != 0 {
		t.Errorf("linked all the same: %v", subjects)
	}
}

func TestAVisitorWhoLogsInLaterIsOfferedTheLinkAtContinue(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	p := newPerson(t)
	p.signUp(a, a.shop).write("Oolong", "spring harvest")
	p.logIn(a, joe)
	p.visit(a.shop)
	w := p.widget(a)
	w.sees("Oolong") // started anonymously, the session continues
	// Only the widget's session ends here. The account's session continues, and Continue offers the link.
	a.endWidgetSessions(t)
	p.visit(a.shop)
	w = p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.sees("Joe Miller")
	popup.click("Continue")
	popup.click("Link")
	popup.closes()
	w.sees("Oolong")
	w.sees("Joe Miller")
	if _, subjects := p.identities(a); len(subjects) != 1 {
		t.Errorf("linked: %v", subjects)
	}
}

func TestSubjectLinkedToAnotherAccountIsRefused(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	newPerson(t).signUpLinked(a, joe).write("Joe's", "one")

	stranger := newPerson(t)
	stranger.logIn(a, joe) // somebody else logs in as the same customer
	stranger.visit(a.shop)
	w := stranger.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.click("Allow")
	popup.sees("another account")
	popup.find("button", "Use another account")
	popup.click("Continue without linking")
	popup.closes()
	w.sees("No notes yet")
	if strings.Contains(w.text(), "Joe's") {
		t.Error("the customer's log-in alone opens the notes")
	}
}

func TestUnlinkingEndsTheSession(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	p := newPerson(t)
	p.signUpLinked(a, joe).write("Oolong", "spring harvest")
	ids, _ := p.identities(a)
	if len(ids) != 1 {
		t.Fatalf("linked: %v", ids)
	}
	if answer := p.atAccount(a, `mutation { unlinkIdentity(id: "`+ids[0]+`") { id } }`); strings.Contains(answer, "errors") {
		t.Fatal(answer)
	}
	p.visit(a.shop)
	w := p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Continue")
	popup.click("Not now")
	popup.closes()
	w.sees("Oolong") // the notes belong to the account, not to the link
}

func TestATenantThatRequiresAnAssertion(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	a.policy(t, db.Policy{Assertion: db.AssertionRequired})
	p := newPerson(t)
	p.visit(a.shop)
	w := p.widget(a)
	w.sees("Log in at Hillside Tea first")

	p.signUpLinked(a, joe).write("Oolong", "spring harvest")
}

func TestAnExpiredHandleIsRenewedInTheClick(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	p := newPerson(t)
	w := p.signUpLinked(a, joe)
	w.write("Oolong", "spring harvest")
	a.exec(t, `UPDATE identity_handles SET expires_at = now()`)
	evaluate[bool](w, `{ const now = Date.now; Date.now = () => now() + 11 * 60_000; true }`) // the browser's clock moves on as well
	w.closeNote()
	w.write("Sencha", "typed while the assertion was long expired")
	a.endWidgetSessions(t)
	w.closeNote()
	w.click("New note")
	w.fill("Title", "Kept")
	w.sees("You were signed out")
	w.sees("Your unsaved text is kept")
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Continue")
	popup.closes()
	w.sees("your unsaved text")
	if got := w.value("Title"); got != "Kept" {
		t.Errorf("the text that was typed is %q", got)
	}
}

func TestSubjectChangesInAnOpenPage(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	p := newPerson(t)
	w := p.signUpLinked(a, joe)
	w.write("Oolong", "spring harvest")
	w.fill("Note", "half a sentence of Joe's")

	// The page learns that another person is there now, and says so.
	page := &window{person: p, ctx: p.ctx}
	answer, err := chromedp.Run(p.ctx, chromedp.Evaluate[int](
		`fetch('/login', {method: 'POST', headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: 'customer=customer-1017'}).then(r => r.status)`,
		chromedp.EvalAwaitPromise))
	must(t, err)
	if answer != http.StatusOK {
		t.Fatalf("the shop answers %d", answer)
	}
	evaluate[bool](page, `(document.querySelector('aside-notes').update(), true)`)
	w.find("button", "Sign in")
	if text := w.text(); strings.Contains(text, "Oolong") || strings.Contains(text, "Joe") {
		t.Errorf("the next person sees %s", text)
	}
}

// The shop vouches for an account until its person adds a passkey.
func TestVouchedAccountIsUpgradedToAPasskey(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	a.policy(t, db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true})
	p := newPerson(t)
	p.logIn(a, joe)
	p.visit(a.shop)
	w := p.widget(a)
	w.sees("Hillside Tea can read these notes.") // without a popup or a passkey
	w.write("Oolong", "spring harvest")

	// The shop's backend can read them, as the widget says.
	if notes := a.vouchedNotes(t, joe); !strings.Contains(notes, "Oolong") {
		t.Errorf("the backend sees %s", notes)
	}

	popup := w.opens(func() { w.click("Add a passkey") })
	popup.click("Create an account")
	popup.sees("become private")
	popup.click("Not now") // the account without them would be empty
	popup.closes()
	w.sees("Hillside Tea can read these notes.")
	w.sees("Oolong")
	a.waitForRow(t, `SELECT count(*) = 0 FROM passkeys`) // and it is gone
	popup = w.opens(func() { w.click("Add a passkey") })
	popup.click("Create an account")
	popup.sees("become private")
	popup.click("Allow")
	popup.closes()
	w.sees("Oolong")
	if strings.Contains(w.text(), "can read these notes") {
		t.Error("still labeled as vouched")
	}
	w.write("Sencha", "first flush")

	if answer := a.vouchedNotes(t, joe); !strings.Contains(answer, "upgraded") {
		t.Errorf("the assertion alone still gets %s", answer)
	}
}

// vouchedNotes requests a customer's notes like the shop's backend could: with an assertion and a key of its own, by
// RFC 7523. It returns the notes or the refusal.
func (a *aside) vouchedNotes(t *testing.T, customer string) string {
	t.Helper()
	id := map[string]string{joe: "customer-1342", noor: "customer-1017"}[customer]
	in := a.callShop(t, http.MethodPost, "/login", nil, url.Values{"customer": {id}})
	key := authtest.NewKey()
	assertion := a.callShop(t, http.MethodGet, "/aside-assertion?nonce="+key.Thumbprint(), in.Cookies, nil).Must(t, http.StatusOK).Body
	site := a.apiSite(t)
	granted := site.Send(t, &authtest.Call{Method: http.MethodPost, URL: a.frame + "/oauth/token", Key: key, Form: url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "client_id": {"t_demo"}, "assertion": {assertion},
	}})
	if granted.Status != http.StatusOK {
		return granted.Body
	}
	v := site.Visitor(t, &db.Tenant{Key: "t_demo", EmbedOrigins: []string{a.shop}})
	v.Key, v.Token = key, granted.Text("access_token")
	return v.GraphQL(t, `{ viewer { vouched } notes { edges { node { title } } } }`, nil).Must(t, http.StatusOK).Body
}
