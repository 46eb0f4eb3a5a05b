package graph

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// What is read waits, as in a query for a lock or for a tenant's slow server, and meanwhile what allows it is taken
// away: nothing is shown then, whatever was read before and whichever field waits.
func TestLostAccessHidesTenantReads(t *testing.T) {
	m := newMatrix(t)
	_, secret, err := m.DB.CreateServerKey(t.Context(), db.Operator(m.shop.Key), "its backend")
	if err != nil {
		t.Fatal(err)
	}
	backend := func(t *testing.T, document string) *authtest.Answer {
		return m.Send(t, &authtest.Call{Method: http.MethodPost, URL: m.AccountOrigin + auth.GraphQLPath,
			Header: http.Header{"Authorization": {"Bearer " + secret}}, JSON: map[string]any{"query": document}})
	}
	const slow = `usage(from: "2026-11-01T00:00:00Z", to: "2026-11-02T00:00:00Z") { day }`
	tenant := `{ tenant(id: "` + m.shop.Key + `") { name embedOrigins members { id displayName } assertionKeys { kid } serverKeys { id name } auditLog { edges { node { actor } } } ` + slow + ` } }`
	change := `mutation { updateTenant(input: {tenant: "` + m.shop.Key + `", accent: "#2f5d50"}) { embedOrigins members { displayName } ` + slow + ` } }`
	for _, taken := range takings {
		if strings.HasPrefix(taken.name, "the role becomes") || strings.HasPrefix(taken.name, "the confirmation") {
			continue // who is a viewer may look, unconfirmed
		}
		for name, document := range map[string]string{
			"a tenant": tenant, "all tenants": `{ viewer { passkeys { name } tenants { role tenant { name ` + slow + ` } } } }`,
			"a tenant that was changed": change,
		} {
			m.seenMeanwhile(t, name+": "+taken.name, taken, func() *authtest.Answer { return m.alice.Account(t, document) })
		}
		m.testedMeanwhile(t, taken.name, taken, func(document string) *authtest.Answer { return m.alice.Account(t, document) })
	}
	for _, taken := range keyTakings {
		m.seenMeanwhile(t, "its own tenant: "+taken.name, taken, func() *authtest.Answer { return backend(t, tenant) })
		m.testedMeanwhile(t, taken.name, taken, func(document string) *authtest.Answer { return backend(t, document) })
	}
}

// seenMeanwhile asks for something while a table that it reads is held, takes away what allows it, and lets go.
func (m *matrix) seenMeanwhile(t *testing.T, name string, taken taking, ask func() *authtest.Answer) {
	t.Helper()
	m.give(t, db.RoleOwner)
	tx, err := m.Connect(t, m.Superuser()).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `LOCK TABLE usage_periods IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	answered := make(chan *authtest.Answer, 1)
	go func() { answered <- ask() }()
	m.untilLocked(t, func() bool { return len(answered) > 0 })
	if _, err := tx.Exec(t.Context(), taken.take, m.user, m.shop.Key); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.refused(t, name, taken, <-answered)
}

// untilLocked waits until somebody waits for a lock.
func (m *matrix) untilLocked(t *testing.T, answered func() bool) {
	t.Helper()
	for waits := false; !waits && !answered() && t.Context().Err() == nil; {
		if err := m.beside.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waits); err != nil {
			t.Fatal(err)
		}
	}
}

// testedMeanwhile tests an assertion whose key set is at a server that takes away what allows it before it answers.
func (m *matrix) testedMeanwhile(t *testing.T, name string, taken taking, ask func(document string) *authtest.Answer) {
	t.Helper()
	m.give(t, db.RoleOwner)
	signer := authtest.NewSigner("ES256")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		m.Exec(t, taken.take, m.user, m.shop.Key)
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{signer.JWK()}})
	}))
	defer server.Close()
	key, _, err := auth.NewAssertionKey(m.shop.Key, db.JWKSURL, "", "", server.URL+"/jwks.json", true)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.DB.AddAssertionKey(t.Context(), db.Operator(key.TenantKey), key); err != nil {
		t.Fatal(err)
	}
	document := `mutation { testAssertion(tenant: "` + m.shop.Key + `", assertion: "` + signer.Assert(m.Site, m.shop) + `") { ok checks { name detail } } }`
	m.refused(t, "an assertion is tested: "+name, taken, ask(document))
	if err := m.DB.RevokeAssertionKey(t.Context(), db.Operator(m.shop.Key), key.ID); err != nil {
		t.Fatal(err)
	}
}

// refused checks that an answer holds a refusal and nothing else.
func (m *matrix) refused(t *testing.T, name string, taken taking, a *authtest.Answer) {
	t.Helper()
	if !strings.Contains(a.Body, `"code":"`+taken.code+`"`) || strings.Contains(a.Body, `"data":{`) {
		t.Errorf("%s: answered %d %s", name, a.Status, a.Body)
	}
	m.give(t, db.RoleOwner)
}
