package graph

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/company-a/aside/db"
)

// Each list of the schema has an argument that bounds it, or a length that the cost rule knows; and the rule
// knows of nothing that the schema lacks.
func TestEveryListHasAMaximumLength(t *testing.T) {
	schema := offline(t, false).documents.schema
	fields := map[string]bool{}
	for name, definition := range schema.Types {
		if strings.HasPrefix(name, "__") {
			continue
		}
		for _, f := range definition.Fields {
			full := name + "." + f.Name
			fields[full] = true
			bounded := f.Arguments.ForName("first") != nil || f.Arguments.ForName("from") != nil && f.Arguments.ForName("to") != nil
			if _, known := listLengths[full]; f.Type.Elem != nil && len(definition.Fields) > 0 && !definition.IsInputType() && !bounded && !known {
				t.Errorf("nobody knows how long %s may be", full)
			}
		}
	}
	for _, known := range []map[string]int{listLengths, fieldCosts} {
		for name := range known {
			if !fields[name] {
				t.Errorf("there is no %s", name)
			}
		}
	}
}

func TestCostOfLists(t *testing.T) {
	h := offline(t, false)
	const all = `usage(from: "2025-01-01T00:00:00Z", to: "2026-02-05T00:00:00Z") { day activeUsers notes operations }`
	span := map[string]any{"from": "2025-01-01T00:00:00Z", "to": "2026-02-05T00:00:00Z"}
	for name, c := range map[string]struct {
		query     string
		variables map[string]any
		refused   bool
	}{
		"usage of a tenant":        {`{ tenant(id: "t_x") { ` + all + ` } }`, nil, false},
		"usage of all tenants":     {`{ viewer { tenants { tenant { ` + all + ` } } } }`, nil, true},
		"usage of all, 30 times":   {`{ viewer { tenants { tenant { ` + numberedFields(30, "u%d: "+all+" ") + ` } } } }`, nil, true},
		"usage of one, 8 times":    {`{ tenant(id: "t_x") { ` + numberedFields(8, "u%d: "+all+" ") + ` } }`, nil, true},
		"usage by variables":       {`query ($from: Time!, $to: Time!) { tenant(id: "t_x") { ` + numberedFields(8, "u%d: usage(from: $from, to: $to) { day activeUsers notes operations } ") + ` } }`, span, true},
		"usage and the log":        {`{ tenant(id: "t_x") { ` + all + ` auditLog(first: 100) { edges { cursor node { at actor action target ip detail } } } } }`, nil, false},
		"usage of a week, 8 times": {`{ tenant(id: "t_x") { ` + numberedFields(8, "u%d: "+strings.Replace(all, "2026-02-05", "2025-01-08", 1)+" ") + ` } }`, nil, false},
		"usage by month":           {`{ tenant(id: "t_x") { usageByMonth(from: "1994-01-01T00:00:00Z", to: "2026-02-05T00:00:00Z") { month activeUsers notes operations } } }`, nil, false},
		"usage by month, 8 times":  {`{ tenant(id: "t_x") { ` + numberedFields(8, `u%d: usageByMonth(from: "1994-01-01T00:00:00Z", to: "2026-02-05T00:00:00Z") { month activeUsers notes operations } `) + ` } }`, nil, true},
		"usage of no span":         {`{ tenant(id: "t_x") { ` + numberedFields(20, `u%d: usage(from: "2026-01-01T00:00:00Z", to: "1990-01-01T00:00:00Z") { day } `) + ` } }`, nil, false},
		"no span pays for others":  {`{ tenant(id: "t_x") { none: usage(from: "2026-01-01T00:00:00Z", to: "1926-01-01T00:00:00Z") { day activeUsers notes operations } ` + numberedFields(8, "u%d: "+all+" ") + ` } }`, nil, true},
		"sessions":                 {`{ viewer { sessions { id kind tenant { id name } embedOrigin createdAt lastUsedAt expiresAt current } } }`, nil, false},
		"sessions, 20 times":       {`{ viewer { ` + numberedFields(20, "s%d: sessions { id kind tenant { id name } embedOrigin createdAt } ") + ` } }`, nil, true},
		"identities, 20 times":     {`{ viewer { ` + numberedFields(20, "s%d: identities { id subject email name linkedAt } ") + ` } }`, nil, true},
		"members of all tenants":   {`{ viewer { tenants { tenant { members { id displayName role } } } } }`, nil, true},
		"origins of all, 5 times":  {`{ viewer { tenants { tenant { ` + numberedFields(5, "o%d: embedOrigins ") + ` } } } }`, nil, true},
		"the console's tenants":    {`{ viewer { id displayName tenants { role tenant { id name suspended } } } }`, nil, false},
		"an assertion":             {`mutation { testAssertion(tenant: "t_x", assertion: "x") { ok checks { name ok detail } } }`, nil, false},
		"two assertions":           {`mutation { ` + numberedFields(2, `a%d: testAssertion(tenant: "t_x", assertion: "x") { ok } `) + ` }`, nil, true},
	} {
		_, errs := h.prepare(t.Context(), request{Query: c.query, Variables: c.variables})
		if refused := len(errs) == 1 && strings.Contains(errs[0].Error(), string(TooComplex)); refused != c.refused || !refused && len(errs) > 0 {
			t.Errorf("%s: %v", name, errs)
		}
	}
}

// One operation has so many fields resolved at once, however many it asks for: it leaves connections to others.
func TestConcurrentResolversAreLimited(t *testing.T) {
	h := offline(t, true)
	op, errs := h.prepare(t.Context(), request{Query: "{ viewer { id } }"})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var under, most atomic.Int32
	var all sync.WaitGroup
	release, begun := make(chan struct{}), make(chan struct{}, 100)
	for range 50 {
		all.Go(func() {
			ctx := graphql.WithFieldContext(t.Context(), &graphql.FieldContext{IsResolver: true})
			_, _ = op.ResolverMiddleware(ctx, func(context.Context) (any, error) {
				most.Store(max(most.Load(), under.Add(1)))
				begun <- struct{}{}
				<-release
				under.Add(-1)
				return nil, nil
			})
		})
	}
	for range maxConcurrentResolvers {
		<-begun
	}
	plain := false
	_, _ = op.ResolverMiddleware(graphql.WithFieldContext(t.Context(), &graphql.FieldContext{}), func(context.Context) (any, error) {
		plain = true // a column asks nobody, and waits for nobody
		return nil, nil
	})
	close(release)
	all.Wait()
	if most.Load() != maxConcurrentResolvers || !plain {
		t.Errorf("%d at once, and a column is read: %t", most.Load(), plain)
	}
}

// crammed is an api whose database is filled to its bounds around Alice, who owns the shop.
func crammed(t *testing.T) (*api, *db.Tenant) {
	t.Helper()
	a := start(t)
	alice := a.viewer(t, "alice")
	a.viewer(t, "alice at shop")
	a.viewer(t, "alice at paper")
	shop := a.tenants["shop"]
	user := alice.UserID.String()
	if err := a.DB.SetMember(t.Context(), db.Operator(shop.Key), alice.UserID, db.RoleOwner); err != nil {
		t.Fatal(err)
	}
	for _, fill := range []string{
		`INSERT INTO sessions (id, kind, token_hash, user_id, tenant_key, embed_origin, jkt, idle_timeout, expires_at)
			SELECT gen_random_uuid(), 'WIDGET', sha256(n::text::bytea), '` + user + `', '` + shop.Key + `', 'https://' || repeat('x', 200), repeat('k', 43), '1 day', now() + '1 day'
			FROM generate_series(1, 1505) n`,
		`INSERT INTO usage_periods (tenant_key, period, active_users, operations, notes) SELECT '` + shop.Key + `', to_char(day, 'YYYY-MM-DD'), 1000000, 1000000, 1000000
			FROM generate_series(now() - interval '500 days', now(), '1 day') day ON CONFLICT DO NOTHING`,
		`INSERT INTO audit_events (id, tenant_key, actor, action, target, ip, detail) SELECT gen_random_uuid(), '` + shop.Key + `', 'operator', 'origin.added', repeat('o', 250), '192.0.2.1', repeat('d', 500)
			FROM generate_series(1, 500)`,
		`INSERT INTO embed_origins (tenant_key, origin) SELECT '` + shop.Key + `', 'https://' || repeat('x', 200) || n || '.example' FROM generate_series(1, 99) n`,
		`INSERT INTO tenants (key, name) SELECT 't_many' || n, repeat('N', 80) FROM generate_series(1, 60) n`,
		`INSERT INTO members (tenant_key, user_id, role) SELECT 't_many' || n, '` + user + `', 'OWNER' FROM generate_series(1, 60) n`,
	} {
		a.Exec(t, fill)
	}
	return a, shop
}

// Whatever an account may ask for, of a database that is filled to its bounds, as often as the cost rule lets
// it: less than 50 ms of the processor and an answer of less than 10 MB.
func TestMostExpensiveDocumentWithinBudget(t *testing.T) {
	a, shop := crammed(t)
	to := time.Now().UTC()
	span := fmt.Sprintf(`from: "%s", to: "%s"`, to.AddDate(0, 0, -398).Format(time.RFC3339), to.Format(time.RFC3339))
	tenant := `tenant(id: "` + shop.Key + `") { `
	for name, unit := range map[string]string{
		"sessions":        `viewer { sessions { id kind tenant { id name } embedOrigin createdAt lastUsedAt expiresAt current } }`,
		"session origins": `viewer { sessions { embedOrigin } }`,
		"identities":      `viewer { identities { id subject email name linkedAt tenant { id name } } }`,
		"passkeys":        `viewer { passkeys { id name provider backedUp createdAt lastUsedAt } }`,
		"memberships":     `viewer { tenants { role onlyOwner tenant { id name suspended } } }`,
		"roles":           `viewer { tenants { role } }`,
		"all origins":     `viewer { tenants { tenant { embedOrigins } } }`,
		"usage":           tenant + `usage(` + span + `) { day activeUsers notes operations } }`,
		"days":            tenant + `usage(` + span + `) { day } }`,
		"log":             tenant + `auditLog(first: 100) { edges { cursor node { at actor action target ip detail } } } }`,
		"details":         tenant + `auditLog(first: 100) { edges { node { detail } } } }`,
		"origins":         tenant + `embedOrigins }`,
		"members":         tenant + `members { id displayName role } }`,
		"keys":            tenant + `assertionKeys { id kid algorithm kind createdAt lastUsedAt revokedAt } serverKeys { id name prefix createdAt lastUsedAt } }`,
		"codes":           `viewer { recoveryCodesLeft }`,
	} {
		if accepted := dearest(a, unit); accepted != "" {
			var cost time.Duration
			var size uint64
			for range 6 { // the least of some: what else the machine does is not counted
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(accepted))
				r.Header.Set("Content-Type", "application/json")
				began := ownTime(t)
				w := a.serve(t, "alice", r)
				cost = ownTime(t) - began
				runtime.ReadMemStats(&after)
				size = after.TotalAlloc - before.TotalAlloc
				if w.Code != http.StatusOK || strings.Contains(w.Body.String(), `"errors"`) {
					t.Fatalf("%s: %d %.300s", name, w.Code, w.Body)
				}
				if n := w.Body.Len(); n >= 10<<20 {
					t.Errorf("%s: the answer has %d bytes", name, n)
				}
				if cost < 50*time.Millisecond && size < 10<<20 {
					break
				}
			}
			t.Logf("%s, %d times: %v and %d bytes", name, strings.Count(accepted, ": viewer")+strings.Count(accepted, ": tenant"), cost, size)
			if cost >= 50*time.Millisecond || size >= 10<<20 {
				t.Errorf("%s: %v and %d bytes", name, cost, size)
			}
		}
	}
}

// dearest is the request that asks for unit as often as is let through, "" for one that never is.
func dearest(a *api, unit string) string {
	for n := maxRootFields; n > 0; n-- {
		query := "{ " + numberedFields(n, "a%d: "+unit+" ") + "}"
		if _, errs := a.handler.prepare(context.Background(), request{Query: query}); len(errs) == 0 {
			return `{"query": ` + strconv.Quote(query) + `}`
		}
	}
	return ""
}
