package graph

import (
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// A member or a backend changes the tenant, and while the change waits for a lock, their access is revoked. Each change of a
// tenant in the schema must then be refused, as for somebody without access, and change nothing.

// A revocation holds a lock that a change waits for, and revokes access meanwhile.
type revocation struct {
	name      string
	lock      string // $1 is Alice, $2 her tenant
	statement string // with the same parameters
	code      string // of the expected error
	needs     func(rootFieldCase) bool
}

const (
	lockTheTenant = `SELECT FROM tenants WHERE key = $2 AND $1::uuid IS NOT NULL FOR UPDATE`
	lockThePerson = `SELECT FROM users WHERE id = $1 AND $2 <> '' FOR UPDATE`
	fromMembers   = `FROM members WHERE user_id = $1 AND tenant_key = $2`
	toRole        = `UPDATE members SET role = '%' WHERE user_id = $1 AND tenant_key = $2`
)

func always(rootFieldCase) bool { return true }

var roleRevocations = []revocation{
	{"the member is removed", lockTheTenant, `DELETE ` + fromMembers, "NOT_FOUND", always},
	{"the role becomes VIEWER", lockTheTenant, strings.Replace(toRole, "%", "VIEWER", 1), "FORBIDDEN", always},
	{"the role becomes ADMIN", lockTheTenant, strings.Replace(toRole, "%", "ADMIN", 1), "FORBIDDEN", func(e rootFieldCase) bool { return e.role == db.RoleOwner }},
	{"the session is revoked", lockThePerson, `UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND $2 <> ''`, "UNAUTHENTICATED", always},
	{"the confirmation is over", lockThePerson, `UPDATE sessions SET confirmed_at = now() - interval '1 hour' WHERE user_id = $1 AND $2 <> ''`, "FORBIDDEN",
		func(e rootFieldCase) bool { return e.fresh }},
}

var keyRevocations = []revocation{
	{"the server key is revoked", lockTheTenant, `UPDATE server_keys SET revoked_at = now() WHERE tenant_key = $2 AND $1::uuid IS NOT NULL`, "UNAUTHENTICATED", always},
	{"the tenant is suspended", lockTheTenant, `UPDATE tenants SET suspended_at = now() WHERE key = $2 AND $1::uuid IS NOT NULL`, "UNAUTHENTICATED", always},
}

func TestLostAccessStopsPendingTenantChanges(t *testing.T) {
	m := newMatrix(t)
	olga := m.Person(t, "Olga") // for Alice to remove: every member may remove themselves
	if err := m.DB.SetMember(t.Context(), db.Operator(m.shop.Key), olga.ID, db.RoleOwner); err != nil {
		t.Fatal(err)
	}
	m.named["member"] = m.DB.MemberID(olga.ID, m.shop.Key)
	_, secret, err := m.DB.CreateServerKey(t.Context(), db.Operator(m.shop.Key), "its backend")
	if err != nil {
		t.Fatal(err)
	}
	alice := func(t *testing.T, document string) *authtest.Answer { return m.alice.Account(t, document) }
	backend := func(t *testing.T, document string) *authtest.Answer {
		return m.Send(t, &authtest.Call{Method: http.MethodPost, URL: m.AccountOrigin + auth.GraphQLPath,
			Header: http.Header{"Authorization": {"Bearer " + secret}}, JSON: map[string]any{"query": document}})
	}
	asked := 0
	m.eachRootField(t, func(name string, e rootFieldCase, f *ast.FieldDefinition, operation string) {
		if operation != "mutation" || e.reads || e.own || !(strings.Contains(e.args, "<shop>") || e.shop) {
			return
		}
		document := "mutation { " + f.Name + m.fill(e.args) + " " + m.selection(m.leafPaths(t, f, nil, map[string]bool{})) + " }"
		who := strings.Join(namesOf(f.Directives.ForName("requires")), " ")
		if strings.Contains(who, "ACCOUNT") {
			if e.role == "" {
				t.Errorf("%s has no role in its entry", name)
			}
			for _, revoked := range roleRevocations {
				for _, from := range []db.Role{db.RoleOwner, db.RoleAdmin} {
					if from.Includes(e.role) && revoked.needs(e) {
						m.changeDuringRevocation(t, name+" by "+string(from)+": "+revoked.name, revoked, from, func() *authtest.Answer { return alice(t, document) })
						asked++
					}
				}
			}
		}
		if strings.Contains(who, "SERVER_KEY") {
			for _, revoked := range keyRevocations {
				m.changeDuringRevocation(t, name+" by a server key: "+revoked.name, revoked, db.RoleOwner, func() *authtest.Answer { return backend(t, document) })
				asked++
			}
		}
	})
	if asked < 50 {
		t.Errorf("only %d cases were made", asked)
	}
}

// changeDuringRevocation sends a change while access is revoked, and then restores the access.
func (m *matrix) changeDuringRevocation(t *testing.T, name string, revoked revocation, from db.Role, ask func() *authtest.Answer) {
	t.Helper()
	m.restoreAccess(t, from)
	before := m.state(t)
	tx, err := m.Connect(t, m.Superuser()).BeginTx(t.Context(), pgx.TxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	run := func(statement string) {
		t.Helper()
		if _, err := tx.Exec(t.Context(), statement, m.user, m.shop.Key); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	run(revoked.lock)
	answered := make(chan *authtest.Answer, 1)
	go func() { answered <- ask() }()
	waits := false
	for !waits && len(answered) == 0 && t.Context().Err() == nil {
		waits = dbtest.Blocked(t, m.beside) > 0
	}
	if !waits {
		t.Errorf("%s: it waits for no lock, so it checks before or not at all", name)
	}
	run(revoked.statement)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	a := <-answered
	if !strings.Contains(a.Body, `"code":"`+revoked.code+`"`) {
		t.Errorf("%s: answered %d %s", name, a.Status, a.Body)
	}
	m.restoreAccess(t, from)
	if after := m.state(t); after != before {
		t.Errorf("%s: changed\n%s\nto\n%s", name, before, after)
	}
}

// restoreAccess restores what revocations revoke.
func (m *matrix) restoreAccess(t *testing.T, role db.Role) {
	t.Helper()
	for statement, args := range map[string][]any{
		`INSERT INTO members (tenant_key, user_id, role, created_at) VALUES ($2, $1, $3, '2026-11-01')
			ON CONFLICT (tenant_key, user_id) DO UPDATE SET role = excluded.role, created_at = excluded.created_at`: {m.user, m.shop.Key, string(role)},
		`UPDATE sessions SET revoked_at = NULL, confirmed_at = now() WHERE user_id = $1`: {m.user},
		`UPDATE server_keys SET revoked_at = NULL WHERE tenant_key = $1`:                 {m.shop.Key},
		`UPDATE tenants SET suspended_at = NULL WHERE key = $1`:                          {m.shop.Key},
	} {
		if _, err := m.beside.Exec(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
}

func namesOf(d *ast.Directive) (names []string) {
	if d == nil {
		return nil
	}
	for _, c := range d.Arguments.ForName("any").Value.Children {
		names = append(names, c.Value.Raw)
	}
	return names
}
