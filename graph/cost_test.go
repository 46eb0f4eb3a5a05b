package graph

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/db"
)

// Each list of the schema has an argument that limits it, or a length in listLengths. listLengths and fieldCosts have only
// fields of the schema.
func TestEveryListHasAMaximumLength(t *testing.T) {
	schema := newHandlerWithoutDatabase(t, false).documents.schema
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
	h := newHandlerWithoutDatabase(t, false)
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
		"ten versions of a note":   {`{ note(id: "7") { history { version title body tags sealed writtenAt } } }`, nil, false},
		"a hundred, of which ten":  {`{ note(id: "7") { history(first: 100) { version title body tags sealed writtenAt } } }`, nil, false},
		"ten versions, twice":      {`{ note(id: "7") { history { body sealed } again: history { body sealed } } }`, nil, true},
		"versions of a page":       {`{ notes(first: 20) { edges { node { history { version } } } } }`, nil, true},
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

// fullDatabase returns an api with the maximum of everything for Alice, who owns the shop.
func fullDatabase(t *testing.T) (*api, *db.Tenant) {
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
		`INSERT INTO sessions (id, kind, token_hash, user_id, tenant_key, embed_origin, jkt, idle_timeout, idle_until, expires_at)
			SELECT gen_random_uuid(), 'WIDGET', sha256(n::text::bytea), '` + user + `', '` + shop.Key + `', 'https://' || repeat('x', 200), repeat('k', 43), '1 day', now() + '1 day', now() + '1 day'
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

// With a full database, the most expensive document of each kind takes less than 50 ms of processor time and allocates less
// than 10 MB.
func TestMostExpensiveDocumentWithinBudget(t *testing.T) {
	a, shop := fullDatabase(t)
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
		if accepted := mostExpensive(a, unit); accepted != "" {
			var cost time.Duration
			var size uint64
			for range 20 { // the minimum leaves out what else the machine does
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(accepted))
				r.Header.Set("Content-Type", "application/json")
				began := processTime(t)
				w := a.serve(t, "alice", r)
				cost = processTime(t) - began
				runtime.ReadMemStats(&after)
				size = after.TotalAlloc - before.TotalAlloc
				if w.Code != http.StatusOK || strings.Contains(w.Body.String(), `"errors"`) {
					t.Fatalf("%s: %d %.300s", name, w.Code, w.Body)
				}
				if n := w.Body.Len(); n >= 10_000_000 {
					t.Errorf("%s: the answer has %d bytes", name, n)
				}
				if cost < usualBudget && size < 10_000_000 {
					break
				}
			}
			t.Logf("%s, %d times: %v and %d bytes", name, strings.Count(accepted, ": viewer")+strings.Count(accepted, ": tenant"), cost, size)
			if cost >= processorBudget(t) || size >= 10_000_000 {
				t.Errorf("%s: %v and %d bytes", name, cost, size)
			}
		}
	}
}

// mostExpensive returns the document that repeats unit as often as the limits allow, or "" if they never do.
func mostExpensive(a *api, unit string) string {
	for n := maxRootFields; n > 0; n-- {
		query := "{ " + numberedFields(n, "a%d: "+unit+" ") + "}"
		if _, errs := a.handler.prepare(context.Background(), request{Query: query}); len(errs) == 0 {
			return `{"query": ` + strconv.Quote(query) + `}`
		}
	}
	return ""
}

func TestCost(t *testing.T) {
	h := newHandlerWithoutDatabase(t, false)
	for _, c := range []struct {
		query     string
		variables map[string]any
		refused   bool
	}{
		{"{ notes(first: 100) { edges { cursor node { id title body tags pinned version createdAt updatedAt trashedAt tenant { id name } sealing } } pageInfo { endCursor } } }", nil, false},
		{"{ " + numberedFields(8, "n%d: notes(first: 100) { edges { node { id title version } } } ") + "}", nil, false},
		{"{ " + numberedFields(12, "n%d: notes(first: 100) { edges { node { id title version } } } ") + "}", nil, true},
		{"{ " + numberedFields(1, "n%d: notes(first: 100) { edges { node { id body } } } ") + "}", nil, false},
		{"{ " + numberedFields(2, "n%d: notes(first: 100) { edges { node { id body } } } ") + "}", nil, false},
		{"{ " + numberedFields(3, "n%d: notes(first: 100) { edges { node { id body } } } ") + "}", nil, true},
		{"{ " + numberedFields(20, "n%d: note(id: \"x\") { id title tags pinned version } ") + "}", nil, false},
		{"{ " + numberedFields(18, "n%d: note(id: \"x\") { id title body tags pinned version } ") + "}", nil, false},
		{"{ " + numberedFields(20, "n%d: note(id: \"x\") { id title body tags pinned version } ") + "}", nil, true},
		{firstPage, map[string]any{"filter": map[string]any{"search": "x"}}, false},
		{strings.Replace(firstPage, "updatedAt", "updatedAt trashedAt tenant{id name}", 1), map[string]any{"filter": map[string]any{"search": "x", "tag": "y"}}, false},
		{strings.Replace(firstPage, "updatedAt", "createdAt updatedAt trashedAt tenant{id name} sealing sealed", 1), map[string]any{"filter": map[string]any{"search": "x", "tag": "y"}}, false},
		{strings.Replace(firstPage, "updatedAt", "createdAt updatedAt trashedAt tenant{id name} sealing sealed", 1), nil, false},
		{"{ " + numberedFields(20, "n%d: notes(first: 100) { edges { node { id title version tags } } } ") + "}", nil, true},
		{"query ($n: Int) { " + numberedFields(20, "n%d: notes(first: $n) { edges { node { id title version tags } } } ") + "}", map[string]any{"n": int64(100)}, true},
		{"query ($n: Int) { " + numberedFields(20, "n%d: notes(first: $n) { edges { node { id title version tags } } } ") + "}", map[string]any{"n": int64(3)}, false},
		{"query ($n: Int = 100) { " + numberedFields(20, "n%d: notes(first: $n) { edges { node { id title version tags } } } ") + "}", nil, true},
		{"query ($n: Int) { " + numberedFields(20, "n%d: notes(first: $n) { edges { node { id title version tags } } } ") + "}", map[string]any{"n": int64(-9_000_000_000)}, false},
		{"{ " + numberedFields(1, "n%d: notes(filter: {search: \"x\"}) { edges { cursor } } ") + "}", nil, false},
		{"{ " + numberedFields(2, "n%d: notes(filter: {tag: \"x\"}) { edges { cursor } } ") + "}", nil, true},
		{"query ($f: NoteFilter) { " + numberedFields(2, "n%d: notes(filter: $f) { edges { cursor } } ") + "}", map[string]any{"f": map[string]any{"search": "x"}}, true},
		{"query ($f: NoteFilter) { " + numberedFields(5, "n%d: notes(filter: $f) { edges { cursor } } ") + "}", map[string]any{"f": map[string]any{"search": "", "pinned": true}}, false},
	} {
		_, errs := h.prepare(t.Context(), request{Query: c.query, Variables: c.variables})
		if refused := len(errs) == 1 && strings.Contains(errs[0].Error(), string(TooComplex)); refused != c.refused || !refused && len(errs) > 0 {
			t.Errorf("%.80s %v: %v", c.query, c.variables, errs)
		}
	}
}
