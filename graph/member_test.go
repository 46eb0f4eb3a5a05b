package graph

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestInvitations(t *testing.T) {
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
	for range 2 { // showing an invitation does not use it up
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
	// Owners can remove every member, others only themselves.
	ids := map[string]string{}
	for _, m := range c.members(t, "nora") {
		ids[m.DisplayName] = m.ID
	}
	const remove = `mutation ($t: ID!, $id: ID!) { removeMember(tenant: $t, id: $id) { id } }`
	for _, step := range []struct{ who, removes, code string }{
		{"nora", "vera", "FORBIDDEN"}, {"vera", "nora", "FORBIDDEN"}, {"sam", "vera", "NOT_FOUND"}, {"olga", "olga", "CONFLICT"},
		{"nora", "nora", ""}, {"nora", "nora", "NOT_FOUND"}, {"olga", "vera", ""}, {"olga", "vera", "NOT_FOUND"},
	} {
		_, got := c.post(t, step.who, remove, map[string]any{"t": c.key, "id": ids[step.removes]})
		if (step.code == "") == strings.Contains(got, "errors") || !strings.Contains(got, step.code) {
			t.Errorf("%s removes %s: %s", step.who, step.removes, got)
		}
	}
}
