package graph

import (
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
)

// A company is a tenant with a member of each role, and a person who is not a member.
type company struct {
	*api
	key string
}

func newCompany(t *testing.T) *company {
	t.Helper()
	a := start(t)
	var made struct{ CreateTenant struct{ ID string } }
	a.must(t, "olga", `mutation { createTenant(name: "Shop") { id } }`, nil, &made)
	c := &company{a, made.CreateTenant.ID}
	for who, role := range map[string]db.Role{"adam": db.RoleAdmin, "vera": db.RoleViewer} {
		a.viewer(t, who)
		if err := a.DB.SetMember(t.Context(), db.Operator(c.key), a.people[who].ID, role); err != nil {
			t.Fatal(err)
		}
	}
	a.viewer(t, "sam") // not a member, but the owner of another tenant
	a.must(t, "sam", `mutation { createTenant(name: "Paper") { id } }`, nil, nil)
	return c
}

// backend returns the name of a principal with a server key of a tenant.
func (c *company) backend(t *testing.T, tenantKey string) string {
	t.Helper()
	k, _, err := c.DB.CreateServerKey(t.Context(), db.Operator(tenantKey), "backend")
	if err != nil {
		t.Fatal(err)
	}
	name := "backend of " + tenantKey
	c.principals[name] = &auth.Principal{ServerKey: k, Address: "192.0.2.9"}
	return name
}

func (c *company) members(t *testing.T, who string) (list []struct{ ID, DisplayName, Role string }) {
	t.Helper()
	var data struct {
		Tenant struct {
			Members []struct{ ID, DisplayName, Role string }
		}
	}
	c.must(t, who, `query ($t: ID!) { tenant(id: $t) { members { id displayName role } } }`, map[string]any{"t": c.key}, &data)
	return data.Tenant.Members
}

func TestTenantRoles(t *testing.T) {
	c := newCompany(t)
	backend := c.backend(t, c.key)
	everybody := []string{"olga", "adam", "vera", "sam", backend, "nobody"}
	for _, q := range []struct {
		query   string
		allowed string // of olga, adam, vera and the backend, by their first letters
	}{
		{`query ($t: ID!) { tenant(id: $t) { name suspended policy { assertion } branding { name accent } embedOrigins assertionKeys { id } serverKeys { id } members { id } auditLog { edges { cursor } } usage(from: "2026-01-01T00:00:00Z", to: "2026-01-03T00:00:00Z") { day } } }`, "oavb"},
		{`mutation ($t: ID!) { addEmbedOrigin(tenant: $t, origin: "https://shop.example") { embedOrigins } }`, "oab"},
		{`mutation ($t: ID!) { removeEmbedOrigin(tenant: $t, origin: "https://shop.example") { embedOrigins } }`, "oab"},
		{`mutation ($t: ID!) { updateTenant(input: {tenant: $t, name: "Shop", brandName: "The Shop", accent: "#2f5d50"}) { name branding { name accent } } }`, "oa"},
		{`mutation ($t: ID!) { addAssertionKey(input: {tenant: $t, kind: JWKS_URL, jwksUrl: "https://shop.example/keys"}) { assertionKey { id } } }`, "oa"},
		{`mutation ($t: ID!) { createServerKey(tenant: $t, name: "x") { secret } }`, "oa"},
		{`mutation ($t: ID!) { inviteMember(tenant: $t, role: VIEWER) { url expiresAt role } }`, "o"},
		{`mutation ($t: ID!) { testAssertion(tenant: $t, assertion: "x") { ok } }`, "oavb"},
	} {
		for _, who := range everybody {
			if strings.HasPrefix(q.query, "mutation ($t: ID!) { removeEmbedOrigin") {
				if _, err := c.DB.AddEmbedOrigin(t.Context(), db.Operator(c.key), "https://shop.example"); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Contains(q.query, "testAssertion") && strings.Contains(q.allowed, who[:1]) {
				continue // needs package auth, which this test does not start
			}
			_, got := c.post(t, who, q.query, map[string]any{"t": c.key})
			if strings.HasPrefix(q.query, "query") && who == "sam" {
				if got != `{"data":{"tenant":null}}` {
					t.Errorf("a stranger sees %s", got)
				}
				continue
			}
			if allowed := strings.Contains(q.allowed, who[:1]) && who != "nobody"; allowed == strings.Contains(got, `"errors"`) || strings.Contains(got, "INTERNAL") {
				t.Errorf("%s asks %s\nanswered %s", who, q.query, got)
			}
			// A person who is not a member gets the answer for a missing tenant.
			if who == "sam" || who == "nobody" {
				if _, none := c.post(t, who, q.query, map[string]any{"t": "t_doesnotexist"}); got != none {
					t.Errorf("%s asks %s\nanswered %s\nand of no tenant %s", who, q.query, got, none)
				}
			}
		}
	}
	// The audit log has the accepted changes with their actors, and none of the refused ones.
	events, err := c.DB.Events(t.Context(), c.key, [16]byte{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{"operator": "", "server key " + c.principals[backend].ServerKey.Prefix: "192.0.2.9"}
	for _, m := range c.members(t, "vera") {
		if m.Role != "VIEWER" {
			known[m.ID] = ""
		}
	}
	for _, e := range events {
		if ip, ok := known[e.Actor]; !ok || e.IP != ip {
			t.Errorf("%s by %s from %q", e.Action, e.Actor, e.IP)
		}
	}
}

func TestOperatorTenants(t *testing.T) {
	a := start(t)
	a.handler = newHandler(Config{DB: a.DB, Keys: a.Keys, OperatorTenants: true})
	if _, got := a.post(t, "olga", `mutation { createTenant(name: "Shop") { id } }`, nil); !strings.Contains(got, `"code":"FORBIDDEN"`) || !strings.Contains(got, "operator") {
		t.Errorf("answered %s", got)
	}
}

func (c *company) tenantOf(t *testing.T, who, name string) string {
	t.Helper()
	var made struct{ CreateTenant struct{ ID string } }
	c.must(t, who, `mutation ($n: String!) { createTenant(name: $n) { id } }`, map[string]any{"n": name}, &made)
	return made.CreateTenant.ID
}

func TestSensitiveMutationsNeedAFreshPasskey(t *testing.T) {
	c := newCompany(t)
	c.Exec(t, `UPDATE sessions SET confirmed_at = now() - interval '5 minutes 1 second'`)
	member := c.members(t, "olga")[1].ID
	for _, query := range []string{
		`mutation ($t: ID!) { createServerKey(tenant: $t, name: "x") { secret } }`,
		`mutation ($t: ID!) { addAssertionKey(input: {tenant: $t, kind: SHARED_SECRET}) { secret } }`,
		`mutation ($t: ID!) { inviteMember(tenant: $t, role: OWNER) { url } }`,
		`mutation ($t: ID!, $m: ID!) { removeMember(tenant: $t, id: $m) { id } }`,
	} {
		variables := map[string]any{"t": c.key}
		if strings.Contains(query, "$m") {
			variables["m"] = member
		}
		if _, got := c.post(t, "olga", query, variables); !strings.Contains(got, `"code":"FORBIDDEN"`) || !strings.Contains(got, `"reason":"confirmation_required"`) {
			t.Errorf("%s answered %s", query, got)
		}
	}
	events, err := c.DB.Events(t.Context(), c.key, [16]byte{}, 100)
	if err != nil || len(events) != 1 {
		t.Errorf("%d events, %v", len(events), err)
	}
	c.must(t, "olga", `mutation ($t: ID!) { updateTenant(input: {tenant: $t, name: "Shop 2"}) { id } }`, map[string]any{"t": c.key}, nil)
}
