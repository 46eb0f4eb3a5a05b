package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

// console opens the console, with the person's passkeys available.
func (p *person) console(a *aside, place string) *window {
	p.t.Helper()
	w := p.visit(a.account + "/console" + place)
	w.connectAuthenticator()
	return w
}

// choose moves to a list of options with the keyboard and types the beginning of the option.
func (w *window) choose(label, begins string) {
	w.t.Helper()
	w.tabTo("field", label)
	w.keys(begins)
	w.wait(fmt.Sprintf("%q chosen as %s", begins, label), func() bool {
		return strings.HasPrefix(evaluate[string](w, `document.activeElement.selectedOptions?.[0]?.label ?? ''`), begins)
	})
}

// A company sets up its tenant, up to a second member, with the keyboard alone.
func TestAConsoleFromTheKeyboard(t *testing.T) {
	t.Parallel()
	a := start(t)
	olga := newPerson(t)
	w := olga.console(a, "")
	w.sees("Create an account")
	w.press("Create an account")
	w.sees("Create a tenant")
	w.checkPage("console-first")
	w.press("Create tenant")
	w.sees("A tenant's name must have 1 to 80 characters.")
	w.enter("Name", "Hillside Tea")
	w.press("Create tenant")
	w.sees("None yet: no page can show the widget.")
	w.checkPage("console-install-first")
	key := evaluate[string](w, `location.pathname.split("/")[2]`)

	w.follow("Embed origins")
	w.sees("No page can show your widget yet.")
	w.checkPage("console-origins-empty")
	w.enter("Origin", "http://tea.example")
	w.press("Add origin")
	w.sees("Use https://tea.example.")
	w.checkPage("console-origins-trouble")
	for _, origin := range []string{"https://tea.example", "https://blog.tea.example", "https://old.tea.example"} {
		w.enter("Origin", origin)
		w.press("Add origin")
		w.wait(origin+" in the list", func() bool { return strings.Contains(w.text(), "\n"+origin+"\n") })
	}
	w.press("Remove https://old.tea.example")
	w.sees("visitors who are signed in there are signed out")
	w.checkPage("console-origins-question")
	w.press("Remove")
	w.sees("https://old.tea.example was removed")
	w.checkPage("console-origins")

	w.follow("Install")
	w.sees("2 listed")
	w.enter("Address of a page", "https://www.tea.example/green")
	w.press("Check")
	w.sees("https://www.tea.example is not listed")
	shop := httptest.NewServer(http.HandlerFunc(func(page http.ResponseWriter, r *http.Request) {
		page.Header().Set("Content-Type", "text/html")
		page.Header().Set("Content-Security-Policy", "script-src "+a.frame+"; frame-src 'none'")
		if r.URL.Path != "/green" {
			page.WriteHeader(http.StatusNotFound)
		}
		_, _ = fmt.Fprintf(page, `<script src="%s/v1/aside.js" async></script><aside-notes tenant="%s"></aside-notes>`, a.frame, key)
	}))
	t.Cleanup(shop.Close)
	_, err := a.runCommand(t, "tenant", "origin", "add", key, shop.URL)
	must(t, err)
	w.enter("Address of a page", shop.URL+"/nothing")
	w.press("Check")
	w.sees("It answers with the status 404")
	if marks := evaluate[int](w, `document.querySelectorAll('.checks [data-ok=true]').length`); marks != 0 {
		t.Errorf("a page that is not there has %d check marks", marks)
	}
	w.enter("Address of a page", shop.URL+"/green")
	w.press("Check")
	w.sees("There is an <aside-notes> element with your tenant key.")
	w.sees("It blocks the widget: add " + a.frame + " to frame-src.")
	w.sees("Nobody has opened a page with the widget yet.")
	w.checkPage("console-install")
	newPerson(t).visit(a.frame + "/embed/" + key + "?origin=https://tea.example")
	newPerson(t).visit(a.frame + "/embed/" + key + "?origin=https://www.tea.example")
	w.press("Look again")
	w.sees("Last seen")
	w.sees("It is not an embed origin.")
	w.checkPage("console-install-seen")
	w.choose("For", "React")
	w.sees(`tenant = "` + key + `"`)

	w.follow("Assertion keys")
	w.sees("No assertion keys yet.")
	w.checkPage("console-keys-empty")
	w.press("Create a shared secret")
	w.sees("Copy it now. It won’t be shown again.")
	secret := evaluate[string](w, `document.querySelector('.secret code').innerText`)
	w.sees("ASIDE_SECRET=" + secret)
	w.checkPage("console-keys")
	w.enter("Assertion", signed(t, key, a.account, secret, time.Minute))
	w.press("Test assertion")
	w.sees("It would be accepted now.")
	w.enter("Assertion", signed(t, key, a.account+"/wrong", secret, time.Minute))
	w.press("Test assertion")
	w.sees("It would be refused.")
	w.checkPage("console-keys-refused")
	w.press("Rotate Shared secret")
	w.sees("Both secrets are now accepted.")
	w.choose("Language", "Go")
	w.sees("package main")

	w.follow("Server keys")
	w.sees("No server keys yet.")
	w.enter("Name of the new key", "production")
	w.press("Create server key")
	w.sees("Copy it now. It won’t be shown again.")
	w.checkPage("console-server-keys")
	w.press("Revoke production")
	w.sees("Anything that still uses it is refused")
	w.press("Revoke")
	w.sees("production was revoked")

	w.follow("Policy")
	w.choose("Assertions", "Required")
	w.tabTo("field", "Vouch for accounts")
	w.keys(" ")
	w.press("Save policy")
	w.sees("Vouch for your visitors?")
	w.press("Vouch for accounts")
	w.sees("Saved")
	w.checkPage("console-policy")

	w.follow("Branding")
	w.enter("Name for visitors", "Hillside")
	w.enter("Accent color", "#ffd400")
	w.sees("so it gets a gray edge")
	w.checkPage("console-branding")
	for _, theme := range []string{"light", "dark"} {
		preview := olga.frame(a.frame + "/preview#theme=" + theme)
		preview.sees("Your notes at Hillside")
		preview.wait("the accent", func() bool {
			return evaluate[string](preview, `getComputedStyle(document.querySelector('.primary')).backgroundColor`) == "rgb(255, 212, 0)"
		})
		if got := evaluate[string](preview, `document.documentElement.style.colorScheme + ' ' + origin + ' ' + (() => { try { return String(indexedDB.open('x')) } catch (e) { return e.name } })()`); got != theme+" null SecurityError" {
			t.Errorf("the preview is %s", got)
		}
	}
	w.press("Save branding")
	w.sees("Saved")
	if got := w.focused(); got != "Save branding" {
		t.Errorf("after saving the focus is on %q", got)
	}
	tea := newPerson(t).visit(a.frame + "/embed/" + key)
	config := evaluate[string](tea, `document.getElementById('aside-config').textContent`)
	if !strings.Contains(config, `"name":"Hillside","accent":"#ffd400"`) {
		t.Errorf("the widget is given %s", config)
	}

	w.follow("Usage")
	w.sees("Nobody used your widget in this period.")
	w.checkPage("console-usage-empty")
	for day := range 25 {
		a.exec(t, fmt.Sprintf(`INSERT INTO usage_periods VALUES ('%s', to_char(now() - interval '%d days', 'YYYY-MM-DD'), %d, %d, 7)`, key, day, 20+day*7%31, 400+day*97%610))
	}
	w.follow("Policy")
	w.follow("Usage")
	w.sees("operations in this period")
	w.checkPage("console-usage")

	w.follow("Members")
	w.choose("Role", "Viewer")
	w.press("Create an invitation link")
	w.sees("/console#invitation=in_")
	w.checkPage("console-members")
	link := evaluate[string](w, `document.querySelector('.secret code').innerText`)
	vera := newPerson(t)
	v := vera.visit(link)
	v.connectAuthenticator()
	v.press("Create an account")
	v.sees("You’re invited")
	v.sees("as a viewer, who can see everything and change nothing.") // before accepting
	v.checkPage("console-invited")
	v.press("Accept invitation")
	v.sees("Tenant key")
	if address := evaluate[string](v, `location.href`); strings.Contains(address, "invitation") {
		t.Errorf("the invitation is still in the address %s", address)
	}
	v.follow("Embed origins")
	v.sees("https://tea.example")
	if strings.Contains(v.text(), "Add origin") || strings.Contains(v.text(), "Remove") {
		t.Errorf("a viewer is offered changes:\n%s", v.text())
	}
	v = vera.visit(a.account + "/console#invitation=%") // links that were truncated
	v.sees("This invitation is invalid")
	v = vera.visit(a.account + "/account/notes/%FF")
	v.sees("You have no note at this address.")

	w.follow("Audit log")
	w.sees("policy.changed")
	w.checkPage("console-audit")
	w.enter("Filter", "member.joined")
	w.wait("one event", func() bool {
		return strings.Count(w.text(), "member.joined") == 1 && !strings.Contains(w.text(), "policy.changed")
	})
	w.press("Sign out")
	w.sees("You are signed out.")
}

// signed returns a tenant's assertion about its visitor.
func signed(t *testing.T, tenant, audience, secret string, life time.Duration) string {
	t.Helper()
	now := time.Now()
	token, err := jwt.NewBuilder().Issuer(tenant).Audience([]string{audience}).Subject("customer-17").
		IssuedAt(now).Expiration(now.Add(life)).JwtID(uuid.NewString()).Build()
	must(t, err)
	text, err := jwt.Sign(token, jwt.WithKey(jwa.HS256(), []byte(secret)))
	must(t, err)
	return string(text)
}
