package graph

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// A read waits for a lock or for a tenant's slow server, and meanwhile access is revoked. The response must then hold no data,
// whichever field waits.
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
	for _, revoked := range roleRevocations {
		if strings.HasPrefix(revoked.name, "the role becomes") || strings.HasPrefix(revoked.name, "the confirmation") {
			continue // viewers may read without a fresh passkey
		}
		for name, document := range map[string]string{
			"a tenant": tenant, "all tenants": `{ viewer { passkeys { name } tenants { role tenant { name ` + slow + ` } } } }`,
			"a tenant that was changed": change,
		} {
			m.readDuringRevocation(t, name+": "+revoked.name, revoked, func() *authtest.Answer { return m.alice.Account(t, document) })
		}
		m.testAssertionDuringRevocation(t, revoked.name, revoked, func(document string) *authtest.Answer { return m.alice.Account(t, document) })
	}
	for _, revoked := range keyRevocations {
		m.readDuringRevocation(t, "its own tenant: "+revoked.name, revoked, func() *authtest.Answer { return backend(t, tenant) })
		m.testAssertionDuringRevocation(t, revoked.name, revoked, func(document string) *authtest.Answer { return backend(t, document) })
	}
}

// readDuringRevocation sends a read of a locked table, revokes the access, and releases the lock.
func (m *matrix) readDuringRevocation(t *testing.T, name string, revoked revocation, ask func() *authtest.Answer) {
	t.Helper()
	m.restoreAccess(t, db.RoleOwner)
	tx, err := m.Connect(t, m.Superuser()).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `LOCK TABLE usage_periods IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	answered := make(chan *authtest.Answer, 1)
	go func() { answered <- ask() }()
	m.waitUntilLocked(t, func() bool { return len(answered) > 0 })
	if _, err := tx.Exec(t.Context(), revoked.statement, m.user, m.shop.Key); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.wantRefusal(t, name, revoked, <-answered)
}

// waitUntilLocked waits until a statement waits for a lock.
func (m *matrix) waitUntilLocked(t *testing.T, answered func() bool) {
	t.Helper()
	for waits := false; !waits && !answered() && t.Context().Err() == nil; {
		waits = dbtest.Blocked(t, m.beside) > 0
	}
}

// testAssertionDuringRevocation tests an assertion, and revokes the access while its key set is fetched.
func (m *matrix) testAssertionDuringRevocation(t *testing.T, name string, revoked revocation, ask func(document string) *authtest.Answer) {
	t.Helper()
	m.restoreAccess(t, db.RoleOwner)
	signer := authtest.NewSigner("ES256")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		m.Exec(t, revoked.statement, m.user, m.shop.Key)
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{signer.JWK()}})
	}))
	defer server.Close()
	key, _, err := assertion.NewKey(m.shop.Key, db.JWKSURL, "", "", server.URL+"/jwks.json", true)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.DB.AddAssertionKey(t.Context(), db.Operator(key.TenantKey), key); err != nil {
		t.Fatal(err)
	}
	document := `mutation { testAssertion(tenant: "` + m.shop.Key + `", assertion: "` + signer.Assert(m.Site, m.shop) + `") { ok checks { name detail } } }`
	m.wantRefusal(t, "an assertion is tested: "+name, revoked, ask(document))
	if err := m.DB.RevokeAssertionKey(t.Context(), db.Operator(m.shop.Key), key.ID); err != nil {
		t.Fatal(err)
	}
}

// wantRefusal fails unless a response holds the expected error and no data.
func (m *matrix) wantRefusal(t *testing.T, name string, revoked revocation, a *authtest.Answer) {
	t.Helper()
	if !strings.Contains(a.Body, `"code":"`+revoked.code+`"`) || strings.Contains(a.Body, `"data":{`) {
		t.Errorf("%s: answered %d %s", name, a.Status, a.Body)
	}
	m.restoreAccess(t, db.RoleOwner)
}
