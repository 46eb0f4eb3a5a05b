package graph

import (
	"fmt"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
)

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

// A page shows its visitor only a reference. The tenant's members find the entry by it, and nobody else does.
func TestAReferenceIsFound(t *testing.T) {
	c := newCompany(t)
	reference, err := c.DB.RecordRefusal(t.Context(), db.Event{TenantKey: c.key, Actor: "visitor", Action: "assertion.refused", Detail: "assertion_audience: aud is wrong"})
	if err != nil {
		t.Fatal(err)
	}
	const find = `query ($t: ID!, $r: ID!) { tenant(id: $t) { auditEvent(reference: $r) { action target detail } } }`
	for _, q := range []struct{ who, tenant, reference, want string }{
		{"vera", c.key, reference, `"auditEvent":{"action":"assertion.refused","target":"` + reference + `","detail":"assertion_audience: aud is wrong"}`},
		{"vera", c.key, "0198b8c0-0000-7000-8000-000000000000", `"auditEvent":null`},
		{"vera", c.key, "x", `"auditEvent":null`},
		{"sam", c.key, reference, `"tenant":null`},
		{"olga", c.tenantOf(t, "olga", "Second"), reference, `"auditEvent":null`},
	} {
		if _, got := c.post(t, q.who, find, map[string]any{"t": q.tenant, "r": q.reference}); !strings.Contains(got, q.want) {
			t.Errorf("%s asks for %s: %s", q.who, q.reference, got)
		}
	}
}

func TestAKeySetShowsItsLastFetch(t *testing.T) {
	c := newCompany(t)
	const url = "https://shop.example/keys"
	add := func(who, tenant string) {
		c.must(t, who, `mutation ($t: ID!, $u: String!) { addAssertionKey(input: {tenant: $t, kind: JWKS_URL, jwksUrl: $u}) { assertionKey { id } } }`, map[string]any{"t": tenant, "u": url}, nil)
	}
	second := c.tenantOf(t, "olga", "Second")
	add("olga", c.key)
	add("olga", second)
	c.must(t, "olga", `mutation ($t: ID!, $k: String!) { addAssertionKey(input: {tenant: $t, kind: PUBLIC_JWK, publicJwk: $k}) { assertionKey { id } } }`,
		// RFC 8037 A.3: the key and its thumbprint
		map[string]any{"t": c.key, "k": `{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`}, nil)
	if err := c.DB.KeySetFetched(t.Context(), c.key, url, "answers with the status 404", 0); err != nil {
		t.Fatal(err)
	}
	const show = `query ($t: ID!) { tenant(id: $t) { assertionKeys { kind thumbprint jwksUrl fetchedAt fetchError } } }`
	_, got := c.post(t, "vera", show, map[string]any{"t": c.key})
	for _, want := range []string{`"thumbprint":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"`, `"jwksUrl":"` + url + `","fetchedAt":"2`, `"fetchError":"answers with the status 404"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	if _, got := c.post(t, "olga", show, map[string]any{"t": second}); !strings.Contains(got, `"fetchedAt":null,"fetchError":null`) {
		t.Errorf("another tenant's key set: %s", got)
	}
}

// A person reads their own account's log, page by page. A widget session and a foreign cursor get nothing.
func TestSecurityEventPages(t *testing.T) { withAndWithoutDirect(t, testSecurityEventPages) }

func testSecurityEventPages(t *testing.T, a *api) {
	a.viewer(t, "alice at shop")
	a.viewer(t, "mallory")
	type log struct {
		Viewer struct {
			Consents []struct {
				Tenant struct{ ID, Name string }
				Since  string
			}
			SecurityEvents struct {
				Edges []struct {
					Node struct{ Actor, Action, Detail string }
				}
				PageInfo struct {
					HasNextPage bool
					EndCursor   *string
				}
			}
		}
	}
	const page = `query ($after: String) { viewer { consents { tenant { id name } since } securityEvents(first: 1, after: $after) { edges { node { actor action detail } } pageInfo { hasNextPage endCursor } } } }`
	var first, second log
	a.must(t, "alice", page, nil, &first)
	end := first.Viewer.SecurityEvents.PageInfo.EndCursor
	a.must(t, "alice", page, map[string]any{"after": end}, &second)
	if got := fmt.Sprint(first.Viewer.SecurityEvents.Edges, second.Viewer.SecurityEvents.Edges); got != "[{{viewer tenant.allowed shop}}] [{{viewer account.created }}]" {
		t.Errorf("the log says %s", got)
	}
	if !first.Viewer.SecurityEvents.PageInfo.HasNextPage || second.Viewer.SecurityEvents.PageInfo.HasNextPage {
		t.Errorf("pages: %+v, %+v", first, second)
	}
	for who, code := range map[string]string{"mallory": `"field":"after"`, "alice at shop": `"code":"FORBIDDEN"`} {
		if _, got := a.post(t, who, page, map[string]any{"after": end}); !strings.Contains(got, code) {
			t.Errorf("%s: %s", who, got)
		}
	}
	shop := first.Viewer.Consents[0].Tenant.ID
	for who, code := range map[string]string{"mallory": "NOT_FOUND", "alice at shop": "FORBIDDEN"} {
		if _, got := a.post(t, who, `mutation ($t: ID!) { withdrawConsent(tenant: $t) { id } }`, map[string]any{"t": shop}); !strings.Contains(got, code) {
			t.Errorf("%s withdraws: %s", who, got)
		}
	}
	var withdrawn struct{ WithdrawConsent struct{ ID string } }
	a.must(t, "alice", `mutation ($t: ID!) { withdrawConsent(tenant: $t) { id } }`, map[string]any{"t": shop}, &withdrawn)
	a.must(t, "alice", page, nil, &first)
	if withdrawn.WithdrawConsent.ID != shop || len(first.Viewer.Consents) != 0 {
		t.Errorf("after withdrawing: %+v", first)
	}
}

// An event names the tenant that it is about, also where the tenant itself has acted.
func TestEventsNameTheTenant(t *testing.T) {
	a := start(t)
	a.viewer(t, "alice at shop")
	shop := a.tenants["shop"]
	for _, e := range []*db.Event{{Action: "identity.linked", Target: shop.Key}, {Action: "identity.erased", Actor: shop.Key}} {
		if err := a.handler.resolver.nameTenants(t.Context(), []*db.Event{e}); err != nil || e.Detail != shop.DisplayName() {
			t.Errorf("%s: the detail is %q, %v", e.Action, e.Detail, err)
		}
	}
}
