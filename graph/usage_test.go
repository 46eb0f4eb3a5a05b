package graph

import (
	"testing"
	"time"

	"github.com/company-a/aside/db"
)

// Usage counts each executed operation of a widget session once, and nothing else.
func TestUsageCountsExecutedOperations(t *testing.T) { withAndWithoutDirect(t, testUsage) }

func testUsage(t *testing.T, a *api) {
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
	ask("ann at shop", `mutation { trashNote(id: "7") { note { id } } }`, true) // executed, with an error
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
