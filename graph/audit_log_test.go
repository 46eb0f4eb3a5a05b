package graph

import (
	"fmt"
	"strings"
	"testing"
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
