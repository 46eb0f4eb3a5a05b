package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// A company adds a webhook, sees that it fails, and sends again what was not delivered.
func TestWebhooksInTheConsole(t *testing.T) {
	t.Parallel()
	a := start(t)
	type received struct {
		header http.Header
		body   string
	}
	got := make(chan received, 10)
	var status atomic.Int64
	status.Store(http.StatusServiceUnavailable)
	backend := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- received{r.Header, string(body)}
		answer.WriteHeader(int(status.Load()))
	}))
	t.Cleanup(backend.Close)

	w := newPerson(t).console(a, "")
	w.press("Create an account")
	w.sees("Create a tenant")
	w.enter("Name", "Hillside Tea")
	w.press("Create tenant")
	w.sees("Tenant key")
	key := evaluate[string](w, `location.pathname.split("/")[2]`)
	w.follow("Webhooks")
	w.sees("No webhooks yet.")
	w.checkPage("console-webhooks-empty")
	w.enter("URL", "http://tea.example/hooks")
	w.press("Add webhook")
	w.sees("It must be served over https.")
	w.enter("URL", backend.URL+"/hooks")
	w.press("Add webhook")
	w.sees("Copy it now.")
	secret := evaluate[string](w, `document.querySelector('.secret code').innerText`)
	w.sees("Nothing delivered yet")
	w.checkPage("console-webhooks-added")
	w.follow("Install")
	w.follow("Webhooks")
	w.sees("Nothing delivered yet")
	if strings.Contains(w.text(), secret) {
		t.Error("the secret is shown twice")
	}

	for _, act := range []string{"suspend", "resume"} {
		_, err := a.runCommand(t, "tenant", act, key)
		must(t, err)
	}
	first := <-got
	again := <-got // after five seconds
	w.press("Show deliveries to " + backend.URL + "/hooks")
	look := "Look again for deliveries to " + backend.URL + "/hooks"
	w.wait("the second attempt in the log", func() bool {
		w.press(look)
		return strings.Contains(w.text(), "Status 503. Next attempt")
	})
	status.Store(http.StatusNoContent)
	w.press("Send again")
	w.sees("It is sent again now")
	third := <-got
	w.wait("the delivery in the log", func() bool {
		w.press(look)
		return strings.Contains(w.text(), "Delivered")
	})
	for _, r := range []received{again, third} {
		if id := first.header.Get("webhook-id"); id == "" || r.header.Get("webhook-id") != id || r.body != first.body {
			t.Errorf("sent %v %s after %s", r.header, r.body, first.body)
		}
	}
	signing, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	must(t, err)
	mac := hmac.New(sha256.New, signing)
	mac.Write([]byte(third.header.Get("webhook-id") + "." + third.header.Get("webhook-timestamp") + "." + third.body))
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); third.header.Get("webhook-signature") != want {
		t.Errorf("signed %s, want %s", third.header.Get("webhook-signature"), want)
	}

	a.exec(t, `UPDATE webhooks SET failing_since = now() - interval '3 days'`)
	a.exec(t, `INSERT INTO webhook_deliveries (id, webhook_id, tenant_key, event, sealed_payload, attempts, created_at, next_at, status)
		SELECT gen_random_uuid(), id, tenant_key, e.event, '\x00', e.attempts, now() - interval '2 days', e.next_at, e.status FROM webhooks, (VALUES
		('identity.linked', 8, NULL::timestamptz, 500), ('identity.unlinked', 4, now() + interval '2 hours', NULL::int), ('usage.month_closed', 0, now() + interval '1 hour', NULL)) AS e(event, attempts, next_at, status)`)
	w.follow("Install")
	w.follow("Webhooks")
	w.sees("Failing: the attempts began to fail 3 days ago.")
	w.press("Show deliveries to " + backend.URL + "/hooks")
	w.sees("Status 500. Not delivered.")
	w.sees("No answer yet. Next attempt in 2 hours")
	w.checkPage("console-webhooks")
	w.press("Rotate the secret of " + backend.URL + "/hooks")
	w.sees("Both secrets sign for 24 hours.")
	w.press("Remove " + backend.URL + "/hooks")
	w.press("Remove")
	w.sees("No webhooks yet.")
}
