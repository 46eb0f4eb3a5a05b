package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

// An operator helps somebody who has lost every passkey, and finally deletes the account. The commands run beside the service
// and take what the person sees at /account.
func TestAnOperatorHelpsAPerson(t *testing.T) {
	t.Parallel()
	a := start(t)
	_, v := a.visitor(t)
	account := v.Account(t, `{ viewer { id displayName } }`).Must(t, 200)
	id, name := account.Text("data", "viewer", "id"), account.Text("data", "viewer", "displayName")
	command := func(args ...string) (string, bool) {
		t.Helper()
		out, err := a.runCommand(t, args...)
		if err != nil && (strings.Contains(out, "goroutine") || !strings.HasPrefix(out, "aside: ")) {
			t.Errorf("aside %s is no plain refusal: %s", args, out)
		}
		return out, err == nil
	}
	for _, who := range []string{id, name, strings.ToLower(name)} {
		if out, ok := command("user", "show", who); !ok || !strings.Contains(out, id) || !strings.Contains(out, `"displayName":"`+name+`"`) {
			t.Errorf("user show %s: %s", who, out)
		}
	}
	for _, args := range [][]string{
		{"user", "show", "Nobody At All"}, {"user", "recover", "01a209af-5666-76ca-be5b-605f33074a75"}, {"user", "recover", id, "--origin", a.account + "/x"},
		{"user", "delete", id}, {"user", "delete", name, "--yes"}, {"user", "delete", "01a209af-5666-76ca-be5b-605f33074a75", "--yes"},
	} {
		if out, ok := command(args...); ok {
			t.Errorf("aside %s: %s", args, out)
		}
	}

	out, ok := command("user", "recover", id, "--origin", a.account)
	var link struct{ URL, DisplayName string }
	if err := json.Unmarshal([]byte(out), &link); !ok || err != nil || !strings.HasPrefix(link.URL, a.account+"/recover#rl_") || link.DisplayName != name {
		t.Fatalf("user recover: %s", out)
	}
	w := newPerson(t).visit(link.URL)
	w.connectAuthenticator()
	w.sees("This opens the account of " + name)
	w.click("Create a new passkey")
	w.sees("Your new passkey is ready")
	w.sees(name)
	if answer := v.GraphQL(t, `{ viewer { id } }`, nil); answer.Status != 401 {
		t.Errorf("the lost device is answered %d", answer.Status)
	}
	if out, _ := command("user", "show", id); !strings.Contains(out, `"action":"account.recovered"`) || !strings.Contains(out, `"action":"recovery_link.made"`) {
		t.Errorf("the audit log says %s", out)
	}

	// The demo has no other owner. The command leaves it without one only if the option says so.
	must(t, a.database(t).SetMember(t.Context(), db.Operator("t_demo"), uuid.MustParse(id), db.RoleOwner))
	if out, ok := command("user", "delete", id, "--yes"); ok || !strings.Contains(out, "(t_demo)") || !strings.Contains(out, "leave") {
		t.Errorf("user delete of an only owner: %s", out)
	}
	if out, ok := command("user", "delete", id, "--yes", "--leave", "t_demo"); !ok || !strings.Contains(out, id) {
		t.Errorf("user delete: %s", out)
	}
	w.visit(a.account + "/account")
	w.find("button", "Sign in with a passkey")
	if out, ok := command("user", "show", id); ok {
		t.Errorf("it is still there: %s", out)
	}
}
