package graph

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
)

// A company is a tenant with a member of each role, and somebody who is none.
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
	a.viewer(t, "sam") // a stranger, who owns another tenant
	a.must(t, "sam", `mutation { createTenant(name: "Paper") { id } }`, nil, nil)
	return c
}

// backend asks as a server key of a tenant.
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

func TestWhoMayDoWhatAtATenant(t *testing.T) {
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
				continue // asks package auth, which is not here
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
			// A stranger is answered as about a tenant that does not exist.
			if who == "sam" || who == "nobody" {
				if _, none := c.post(t, who, q.query, map[string]any{"t": "t_doesnotexist"}); got != none {
					t.Errorf("%s asks %s\nanswered %s\nand of no tenant %s", who, q.query, got, none)
				}
			}
		}
	}
	// What was refused has left no trace, and what was not says who did it.
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

func TestOperatorsMayKeepTenantsToThemselves(t *testing.T) {
	a := start(t)
	a.handler = newHandler(Config{DB: a.DB, Keys: a.Keys, OperatorTenants: true})
	if _, got := a.post(t, "olga", `mutation { createTenant(name: "Shop") { id } }`, nil); !strings.Contains(got, `"code":"FORBIDDEN"`) || !strings.Contains(got, "operator") {
		t.Errorf("answered %s", got)
	}
}

func TestInvitedByLink(t *testing.T) {
	c := newCompany(t)
	var invited struct {
		InviteMember struct{ URL, ExpiresAt, Role string }
	}
	c.must(t, "olga", `mutation ($t: ID!) { inviteMember(tenant: $t, role: ADMIN) { url expiresAt role } }`, map[string]any{"t": c.key}, &invited)
	token, ok := strings.CutPrefix(invited.InviteMember.URL, "https://account.example/console#invitation=")
	expires, err := time.Parse(time.RFC3339, invited.InviteMember.ExpiresAt)
	if !ok || err != nil || time.Until(expires).Round(time.Hour) != 7*24*time.Hour || invited.InviteMember.Role != "ADMIN" {
		t.Fatalf("the invitation is %+v", invited)
	}
	const accept = `mutation ($token: String!) { acceptInvitation(token: $token) { id } }`
	const offer = `query ($token: String!) { invitation(token: $token) { tenantName role expiresAt } }`
	offered := func(who, token string) string {
		_, got := c.post(t, who, offer, map[string]any{"token": token})
		return got
	}
	for range 2 { // it is not used up
		if got := offered("nora", token); !strings.Contains(got, `"invitation":{"tenantName":"Shop","role":"ADMIN","expiresAt":"2`) {
			t.Errorf("she is offered %s", got)
		}
	}
	if got := offered("nobody", token); !strings.Contains(got, "UNAUTHENTICATED") {
		t.Errorf("nobody is offered %s", got)
	}
	c.must(t, "nora", accept, map[string]any{"token": token}, nil)
	for _, gone := range []string{token, "in_unknown", ""} {
		if got := offered("sam", gone); got != `{"data":{"invitation":null}}` {
			t.Errorf("an invitation that nobody may accept is shown: %s", got)
		}
	}
	if _, got := c.post(t, "sam", accept, map[string]any{"token": token}); !strings.Contains(got, `"code":"NOT_FOUND"`) {
		t.Errorf("a second time: %s", got)
	}
	var mine struct {
		Viewer struct {
			Tenants []struct {
				Tenant struct{ ID, Name string }
				Role   string
			}
		}
	}
	c.must(t, "nora", `{ viewer { tenants { tenant { id name } role } } }`, nil, &mine)
	if got := fmt.Sprint(mine.Viewer.Tenants); got != "[{{"+c.key+" Shop} ADMIN}]" {
		t.Errorf("Nora's tenants: %s", got)
	}
	// Owners remove whom they like, others only themselves.
	ids := map[string]string{}
	for _, m := range c.members(t, "nora") {
		ids[m.DisplayName] = m.ID
	}
	const remove = `mutation ($t: ID!, $id: ID!) { removeMember(tenant: $t, id: $id) { id } }`
	for _, step := range []struct{ who, whom, code string }{
		{"nora", "vera", "FORBIDDEN"}, {"vera", "nora", "FORBIDDEN"}, {"sam", "vera", "NOT_FOUND"}, {"olga", "olga", "CONFLICT"},
		{"nora", "nora", ""}, {"nora", "nora", "NOT_FOUND"}, {"olga", "vera", ""}, {"olga", "vera", "NOT_FOUND"},
	} {
		_, got := c.post(t, step.who, remove, map[string]any{"t": c.key, "id": ids[step.whom]})
		if (step.code == "") == strings.Contains(got, "errors") || !strings.Contains(got, step.code) {
			t.Errorf("%s removes %s: %s", step.who, step.whom, got)
		}
	}
}

func TestAuditLogPages(t *testing.T) {
	c := newCompany(t)
	for i := range 5 {
		c.must(t, "olga", `mutation ($t: ID!, $o: String!) { addEmbedOrigin(tenant: $t, origin: $o) { id } }`, map[string]any{"t": c.key, "o": fmt.Sprintf("https://%c.example", 'a'+i)}, nil)
	}
	type log struct {
		Tenant struct {
			AuditLog struct {
				Edges []struct {
					Cursor string
					Node   struct{ Action, Target string }
				}
				PageInfo struct {
					HasNextPage, HasPreviousPage bool
					EndCursor                    *string
				}
			}
		}
	}
	const page = `query ($t: ID!, $n: Int, $after: String) { tenant(id: $t) { auditLog(first: $n, after: $after) { edges { cursor node { action target } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`
	var said []string
	var after *string
	for pages := 0; ; pages++ {
		var l log
		c.must(t, "vera", page, map[string]any{"t": c.key, "n": 2, "after": after}, &l)
		for _, e := range l.Tenant.AuditLog.Edges {
			said = append(said, e.Node.Action+" "+e.Node.Target)
		}
		if info := l.Tenant.AuditLog.PageInfo; info.HasPreviousPage != (pages > 0) {
			t.Errorf("page %d: %+v", pages, info)
		}
		if after = l.Tenant.AuditLog.PageInfo.EndCursor; !l.Tenant.AuditLog.PageInfo.HasNextPage {
			break
		}
	}
	if got := strings.Join(said, ", "); got != "origin.added https://e.example, origin.added https://d.example, origin.added https://c.example, "+
		"origin.added https://b.example, origin.added https://a.example, tenant.created Shop" {
		t.Errorf("the log says %s", got)
	}

	var other, notes struct {
		Tenant struct {
			AuditLog struct{ PageInfo struct{ EndCursor string } }
		}
		Notes struct{ PageInfo struct{ EndCursor string } }
	}
	second := c.tenantOf(t, "olga", "Second")
	c.must(t, "olga", `query ($t: ID!) { tenant(id: $t) { auditLog { pageInfo { endCursor } } } }`, map[string]any{"t": second}, &other)
	create(t, c.api, "olga at shop", "x")
	c.must(t, "olga at shop", `{ notes { pageInfo { endCursor } } }`, nil, &notes)
	for name, cursor := range map[string]string{
		"of another tenant": other.Tenant.AuditLog.PageInfo.EndCursor, "of notes": notes.Notes.PageInfo.EndCursor,
		"tampered with": "B" + (*after)[1:], "cut": (*after)[:20], "empty": "", "a number": "17",
	} {
		if _, got := c.post(t, "olga", page, map[string]any{"t": c.key, "n": 2, "after": cursor}); !strings.Contains(got, `"code":"BAD_USER_INPUT"`) || !strings.Contains(got, `"field":"after"`) {
			t.Errorf("a cursor %s: %s", name, got)
		}
	}
	for _, n := range []int{0, 101, -1} {
		if _, got := c.post(t, "olga", page, map[string]any{"t": c.key, "n": n}); !strings.Contains(got, `"field":"first"`) {
			t.Errorf("%d events: %s", n, got)
		}
	}
}

func (c *company) tenantOf(t *testing.T, who, name string) string {
	t.Helper()
	var made struct{ CreateTenant struct{ ID string } }
	c.must(t, who, `mutation ($n: String!) { createTenant(name: $n) { id } }`, map[string]any{"n": name}, &made)
	return made.CreateTenant.ID
}

// What is billed is what was asked: each operation of a widget session that was executed, whoever
// asked, once, and nothing else.
func TestUsageReconciles(t *testing.T) { bothWays(t, usageReconciles) }

func usageReconciles(t *testing.T, a *api) {
	a.viewer(t, "ann at shop")
	shop := a.tenants["shop"].Key
	a.viewer(t, "olga")
	if err := a.DB.SetMember(t.Context(), db.Operator(shop), a.people["olga"].ID, db.RoleOwner); err != nil {
		t.Fatal(err)
	}
	operations := 0
	ask := func(who, query string, counted bool) {
		t.Helper()
		a.post(t, who, query, nil)
		if counted {
			operations++
		}
	}
	for range 7 {
		ask("ann at shop", `{ viewer { id } notes { edges { node { title } } } }`, true)
		ask("ben at shop", `mutation { createNote(input: {title: "x"}) { note { id } } }`, true)
	}
	ask("ann at shop", `mutation { trashNote(id: "7") { note { id } } }`, true) // an answer, if no good one
	ask("ann at shop", `{ nonsense }`, false)
	ask("ann at shop", `{`, false)
	ask("ann at paper", `{ viewer { id } }`, false) // another tenant's
	ask("ann", `{ viewer { id } }`, false)          // no tenant's
	ask("nobody", `{ viewer { id } }`, false)
	a.viewer(t, "cas at shop")
	a.Exec(t, `UPDATE sessions SET revoked_at = now() WHERE user_id = $1`, a.people["cas"].ID)
	ask("cas at shop", `{ notes { edges { cursor } } }`, false)

	now := time.Now().UTC()
	var data struct {
		Tenant struct {
			Usage []struct {
				Day                            string
				ActiveUsers, Notes, Operations int
			}
			UsageByMonth []struct {
				Month                          string
				ActiveUsers, Notes, Operations int
			}
		}
	}
	a.must(t, "olga", `query ($t: ID!, $from: Time!, $to: Time!) { tenant(id: $t) {
		usage(from: $from, to: $to) { day activeUsers notes operations }
		usageByMonth(from: $from, to: $to) { month activeUsers notes operations } } }`,
		map[string]any{"t": shop, "from": now.Add(-24 * time.Hour).Format(time.RFC3339), "to": now.Add(24 * time.Hour).Format(time.RFC3339)}, &data)
	days, months := data.Tenant.Usage, data.Tenant.UsageByMonth
	if len(days) != 2 || days[0].Operations != 0 || days[1].Day != now.Format(time.DateOnly) ||
		days[1].Operations != operations || days[1].ActiveUsers != 2 || days[1].Notes != 7 {
		t.Errorf("after %d operations by two people, and 7 notes: %+v", operations, days)
	}
	last := months[len(months)-1]
	if last.Month != now.Format("2006-01") || last.Operations != operations || last.ActiveUsers != 2 || last.Notes != 7 {
		t.Errorf("the month: %+v", months)
	}
}

func TestSensitiveActsNeedAFreshPasskey(t *testing.T) {
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
