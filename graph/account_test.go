package graph

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth/authtest"
)

// accountDocuments read and change what only an account session may use. $id is the id of a passkey or session of Alice's.
var accountDocuments = []string{
	`{ viewer { passkeys { id name provider backedUp createdAt lastUsedAt } } }`,
	`{ viewer { sessions { id kind tenant { id } embedOrigin createdAt lastUsedAt expiresAt current } } }`,
	`mutation { renameViewer(displayName: "mine now") { id displayName } }`,
	`mutation ($id: ID!) { renamePasskey(id: $id, name: "mine now") { id name } }`,
	`mutation ($id: ID!) { deletePasskey(id: $id) { id } }`,
	`mutation ($id: ID!) { revokeSession(id: $id) { id } }`,
	`mutation { revokeOtherSessions }`,
	`{ viewer { recoveryCodesLeft } }`,
	`mutation { regenerateRecoveryCodes }`,
	`mutation { replaceRecoveryCodes(codes: []) }`,
	`{ viewer { keyWraps { id passkey generation wrap } } }`,
	`mutation { setSealing(input: {to: SERVER, generation: 1, wraps: []}) { sealing } }`,
	`mutation { convertNotes(notes: []) { note { id } } }`,
	`mutation { importNotes(tenant: "t_unknown", notes: [{title: "mine"}]) { note { id } } }`,
	`mutation { deleteAccount }`,
}

// account returns Alice's account as she sees it.
func account(t *testing.T, a *api) (data struct {
	Viewer struct {
		ID, DisplayName string
		Passkeys        []struct{ ID, Name string }
		Sessions        []struct {
			ID      string
			Kind    string
			Tenant  *struct{ Name string }
			Current bool
		}
	}
}) {
	t.Helper()
	a.must(t, "alice", `{ viewer { id displayName passkeys { id name } sessions { id kind tenant { name } current } } }`, nil, &data)
	return data
}

func TestAccountFieldsNeedAnAccountSession(t *testing.T) { withAndWithoutDirect(t, testAccountFields) }

func testAccountFields(t *testing.T, a *api) {
	a.viewer(t, "alice at shop")
	a.viewer(t, "alice")
	a.viewer(t, "mallory")
	before := account(t, a)
	v := before.Viewer
	if v.ID != a.people["alice"].ID.String() || len(v.Passkeys) != 1 || len(v.Sessions) != 2 {
		t.Fatalf("Alice sees %+v", v)
	}
	missing := uuid.New().String()
	for _, query := range accountDocuments {
		for who, code := range map[string]string{"nobody": "UNAUTHENTICATED", "alice at shop": "FORBIDDEN", "mallory at shop": "FORBIDDEN"} {
			if _, got := a.post(t, who, query, map[string]any{"id": v.Passkeys[0].ID}); !strings.Contains(got, `"code":"`+code+`"`) || strings.Contains(got, v.Passkeys[0].ID) {
				t.Errorf("%s: %s answered %s", who, query, got)
			}
		}
		if !strings.Contains(query, "$id") {
			continue
		}
		_, want := a.post(t, "mallory", query, map[string]any{"id": missing})
		if !strings.Contains(want, `"code":"NOT_FOUND"`) {
			t.Errorf("a missing id: %s answered %s", query, want)
		}
		for _, id := range []string{v.Passkeys[0].ID, v.Sessions[0].ID, v.Sessions[1].ID, "", "7", strings.ToUpper(v.Passkeys[0].ID)} {
			if _, got := a.post(t, "mallory", query, map[string]any{"id": id}); got != want {
				t.Errorf("Mallory asks for %q: %s\nanswered %s\na missing id %s", id, query, got, want)
			}
		}
	}
	a.must(t, "mallory", `mutation { renameViewer(displayName: "Mallory the second") { displayName } revokeOtherSessions }`, nil, nil)
	if after := account(t, a); len(after.Viewer.Passkeys) != 1 || after.Viewer.Passkeys[0] != v.Passkeys[0] || len(after.Viewer.Sessions) != 2 || after.Viewer.DisplayName != "alice" {
		t.Errorf("Alice's account is now %+v", after)
	}
}

func TestAccountMutations(t *testing.T) { withAndWithoutDirect(t, testAccountMutations) }

func testAccountMutations(t *testing.T, a *api) {
	a.viewer(t, "alice at shop")
	a.viewer(t, "alice")
	v := account(t, a).Viewer
	var data struct {
		RenameViewer  struct{ DisplayName string }
		RenamePasskey struct{ ID, Name string }
	}
	a.must(t, "alice", `mutation ($id: ID!) { renameViewer(displayName: " Alice A. ") { displayName } renamePasskey(id: $id, name: "Laptop") { id name } }`,
		map[string]any{"id": v.Passkeys[0].ID}, &data)
	if data.RenameViewer.DisplayName != "Alice A." || data.RenamePasskey.ID != v.Passkeys[0].ID || data.RenamePasskey.Name != "Laptop" {
		t.Errorf("renamed to %+v", data)
	}
	var current string
	for _, s := range v.Sessions {
		if s.Current {
			current = s.ID
		}
		if s.Current != (s.Kind == "ACCOUNT") || s.Current != (s.Tenant == nil) || (s.Tenant != nil && s.Tenant.Name != "shop") {
			t.Errorf("a session is %+v", s)
		}
	}
	if got := encode(t, account(t, a).Viewer.Passkeys); got != `[{"ID":"`+v.Passkeys[0].ID+`","Name":"Laptop"}]` {
		t.Errorf("the passkeys are %s", got)
	}

	// A sensitive mutation needs a fresh passkey, and its error has a reason for programs.
	a.Exec(t, `UPDATE sessions SET confirmed_at = NULL`)
	_, got := a.post(t, "alice", `mutation ($id: ID!) { deletePasskey(id: $id) { id } }`, map[string]any{"id": v.Passkeys[0].ID})
	if !strings.Contains(got, `"extensions":{"code":"FORBIDDEN","reason":"confirmation_required"}`) {
		t.Errorf("answered %s", got)
	}

	var ended struct{ RevokeOtherSessions int }
	a.must(t, "alice", `mutation { revokeOtherSessions }`, nil, &ended)
	if _, got := a.post(t, "alice at shop", `{ notes { edges { node { id } } } }`, nil); ended.RevokeOtherSessions != 1 || !strings.Contains(got, "UNAUTHENTICATED") {
		t.Errorf("%d ended; the widget is answered %s", ended.RevokeOtherSessions, got)
	}
	a.must(t, "alice", `mutation ($id: ID!) { revokeSession(id: $id) { id } }`, map[string]any{"id": current}, nil)
	if _, got := a.post(t, "alice", `{ notes { edges { node { id } } } }`, nil); !strings.Contains(got, "UNAUTHENTICATED") {
		t.Errorf("after signing out: %s", got)
	}
}

// With leave, a deleted account leaves only the named tenants without an owner. Without leave, it may leave any tenant.
func TestDeletedAccountsLeaveOnlyAgreedTenantsWithoutOwner(t *testing.T) {
	site := authtest.Start(t, authtest.Options{API: func(s *authtest.Site) http.Handler {
		return NewHandler(Config{DB: s.DB, Keys: s.Keys, Log: slog.New(slog.DiscardHandler), Open: true, Assertions: s.Auth.Assertions()})
	}})
	ann := site.Visitor(t, site.Tenant(t, "Shop"))
	ann.Register(t).Must(t, 200)
	ann.Account(t, `mutation { createTenant(name: "Paper") { id } }`).Must(t, 200)
	if a := ann.Account(t, `mutation { deleteAccount(leave: []) }`); !strings.Contains(a.Body, `"CONFLICT"`) || !strings.Contains(a.Body, "Paper (t_") {
		t.Errorf("leaving none is answered %s", a.Body)
	}
	if a := ann.Account(t, `mutation { deleteAccount }`); !strings.Contains(a.Body, `"deleteAccount":true`) {
		t.Errorf("saying nothing of tenants is answered %s", a.Body)
	}
}
