package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// A person signs in, uses notes and signs out. The log then contains none of their secrets and none of their texts.
func TestLogContainsNoSecretAndNoNote(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	_, w := a.visitor(t)
	const canary = "canary-3f9a"
	note := w.GraphQL(t, `mutation { createNote(input: {title: "`+canary+`-title", body: "`+canary+`-body", tags: ["`+canary+`-tag"]}) { note { id } } }`, nil).Must(t, 200)
	w.GraphQL(t, `{ notes(filter: {search: "`+canary+`-search"}) { edges { node { id } } } }`, nil).Must(t, 200)
	w.GraphQL(t, `{ `+canary+` }`, nil)
	w.GraphQL(t, `mutation { updateNote(input: {id: "`+note.Text("data", "createNote", "note", "id")+`", version: 7, title: "`+canary+`"}) { note { id } } }`, nil)
	secrets := map[string]string{"a note or a query": canary, "the access token": w.Token, "a state": w.State, "a verifier": w.Verifier}
	for name, cookie := range w.Cookies {
		if name != "__Host-aside_used" { // which is the same for everybody
			secrets["the cookie "+name] = cookie.Value
		}
	}
	secrets["a code"] = w.Code(t)
	secrets["a redeemed code"] = secrets["a code"]
	w.Redeem(t, secrets["a code"]).Must(t, 200)
	w.Redeem(t, secrets["a code"]).Must(t, 400)
	w.GraphQL(t, `{ viewer { id } }`, nil, authtest.WithHeader("DPoP", "garbage-"+canary)).Must(t, 401)
	w.Revoke(t).Must(t, 200)
	a.stop(t)
	log := a.stderr.String()
	if !strings.Contains(log, `"path":"/graphql"`) {
		t.Fatal("there is no log to look at")
	}
	for what, secret := range secrets {
		if secret == "" || strings.Contains(log, secret) {
			t.Errorf("%s (%q) is in the log", what, secret)
		}
	}
}

// The first line of the log names the release.
func TestTheLogBeginsWithTheVersion(t *testing.T) {
	t.Parallel()
	a := start(t)
	first, _, _ := strings.Cut(a.stderr.String(), "\n")
	var line struct{ Version, Revision, Go string }
	if err := json.Unmarshal([]byte(first), &line); err != nil || line.Version == "" || line.Revision == "" || line.Go == "" {
		t.Errorf("the log begins with %s, %v", first, err)
	}
}
