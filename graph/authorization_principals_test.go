package graph

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/secret"
)

// A matrix has Alice, her notes and her tenant, and the principals who must not access them.
type matrix struct {
	*authtest.Site
	schema   *ast.Schema
	alice    *authtest.Visitor
	user     uuid.UUID // Alice's id
	shop     *db.Tenant
	named    map[string]string
	canaries map[string]bool // text that only Alice or her tenant's members may see -> whether she has seen it
	personal []string        // the canaries that her tenant's backend may not see
	wrong    []wrongPrincipal
	beside   *pgx.Conn // a superuser's connection
}

// A wrongPrincipal must not access Alice's data. make creates a new one if the last operation may have changed it.
type wrongPrincipal struct {
	name string
	make func(*testing.T) principalClient
	shop bool // the backend of Alice's tenant
	self bool // Alice herself, at another tenant
}

type principalClient struct {
	ask func(*testing.T, string) *authtest.Answer
}

const secretOrigin = "https://secret-shop.example"

func newMatrix(t *testing.T) *matrix {
	t.Helper()
	m := &matrix{schema: executableSchema(&Resolver{}).Schema(), canaries: map[string]bool{}, named: map[string]string{}}
	m.Site = authtest.Start(t, authtest.Options{API: func(s *authtest.Site) http.Handler {
		return NewHandler(Config{DB: s.DB, Keys: s.Keys, Log: slog.New(slog.DiscardHandler), Open: true, AccountOrigin: s.AccountOrigin, Assertions: s.Auth.Assertions(), Loopback: true})
	}})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	m.beside = m.Connect(t, m.Superuser())
	paper := m.Tenant(t, "Paper")
	m.shop = m.Tenant(t, "Shop")
	hook, _, err := m.DB.AddWebhook(t.Context(), db.Operator(m.shop.Key), "https://canary-hook.example", []string{"identity.linked"})
	must(err)
	m.alice = m.Visitor(t, m.shop)
	handle := db.HashToken(m.alice.State)
	must(m.DB.StoreIdentityHandle(t.Context(), handle, m.shop.Key, db.Subject{ID: "canary subject", Email: "canary@shop.example", Name: "Canary Name"}, m.alice.Key.Thumbprint(), m.Evidence(t, m.shop.Key), time.Minute))
	i := m.alice.Interaction(t, authtest.Param("identity_handle", m.alice.State))
	m.alice.Register(t).Must(t, http.StatusOK)
	m.alice.Decide(t, i.ID, "allow").Must(t, http.StatusOK)
	m.alice.Redeem(t, m.alice.Decide(t, i.ID, "link").Must(t, http.StatusOK).Text("response", "code")).Must(t, http.StatusOK)
	session, err := m.DB.LookUpSession(t.Context(), parsed(t, m.DB, m.alice.Token), m.alice.Key.Thumbprint())
	must(err)
	m.user = session.UserID

	// Alice's own data.
	page := &db.NoteContext{ID: "canary page", Title: "canary heading", URL: "https://shop.example/canary-address"}
	note, err := m.DB.CreateNote(t.Context(), session.Owner(), db.NewNote{Title: "canary draft", Body: "canary body", Tags: []string{"canary tag"}, Context: page})
	must(err)
	m.Exec(t, `UPDATE notes SET created_at = created_at - interval '1 hour', updated_at = updated_at - interval '1 hour'`) // an earlier version is due
	title := "canary title"
	_, err = m.DB.UpdateNote(t.Context(), session.Owner(), db.NoteChange{ID: note.ID, Version: note.Version, Title: &title})
	must(err)
	links, err := m.DB.Identities(t.Context(), m.user)
	must(err)
	identity := links[0].ID
	m.alice.Account(t, `mutation { renameViewer(displayName: "Canary Alice") { id } }`).Must(t, http.StatusOK)
	m.alice.Account(t, `mutation { renamePasskey(id: "`+m.text(t, `SELECT id::text FROM passkeys WHERE user_id = $1`)+`", name: "canary passkey") { id } }`).Must(t, http.StatusOK)

	// Her tenant's data.
	must(m.DB.SetMember(t.Context(), db.Operator(m.shop.Key), m.user, db.RoleOwner))
	by := db.Operator(m.shop.Key)
	_, err = m.DB.AddEmbedOrigin(t.Context(), by, secretOrigin)
	must(err)
	key := &db.AssertionKey{TenantKey: m.shop.Key, Kind: db.SharedSecret, KeyID: "canary-kid", Algorithm: "HS256", Secret: []byte(strings.Repeat("canary", 6))}
	must(m.DB.AddAssertionKey(t.Context(), by, key))
	serverKey, shopSecret, err := m.DB.CreateServerKey(t.Context(), by, "canary server key")
	must(err)
	_, paperSecret, err := m.DB.CreateServerKey(t.Context(), db.Operator(paper.Key), "backend")
	must(err)

	_, _, err = m.DB.Invite(t.Context(), by, db.RoleViewer)
	must(err)
	invitations, err := m.DB.Invitations(t.Context(), m.shop.Key)
	must(err)

	m.Exec(t, `UPDATE audit_events SET actor = 'server key canary actor', ip = '192.0.2.77' WHERE tenant_key = $1 AND action <> 'tenant.created'`, m.shop.Key)

	passkey := m.text(t, `SELECT id::text FROM passkeys WHERE user_id = $1`)
	m.named = map[string]string{
		"note": note.ID.String(), "shop": m.shop.Key, "passkey": passkey, "session": session.ID.String(), "identity": identity.String(),
		"assertion key": key.ID.String(), "server key": serverKey.ID.String(), "member": m.DB.MemberID(m.user, m.shop.Key), "from": "2026-11-01T00:00:00Z",
		"webhook": hook.ID.String(), "delivery": m.text(t, `SELECT id::text FROM webhook_deliveries WHERE $1::uuid IS NOT NULL`),
		"invitation": invitations[0].ID, "audit event": m.text(t, `SELECT id::text FROM audit_events WHERE tenant_key = (SELECT tenant_key FROM members WHERE user_id = $1) AND actor LIKE '%canary%' ORDER BY id LIMIT 1`),
	}
	m.personal = []string{"canary title", "canary draft", "canary page", "canary heading", "canary-address", "canary body", "canary tag", note.ID.String(), "canary subject", "canary@shop.example", "Canary Name", identity.String(),
		"canary passkey", passkey, session.ID.String(), m.DB.ViewerID(m.user, m.shop.Key), m.user.String()}
	for _, secret := range append([]string{"Canary Alice", m.named["member"], m.named["invitation"], secretOrigin, hook.URL, hook.ID.String(), m.named["delivery"], "canary-kid", key.ID.String(), "canary server key", serverKey.ID.String(),
		serverKey.Prefix, "canary actor", "192.0.2.77"}, m.personal...) {
		m.canaries[secret] = false
	}
	m.addPrincipals(t, paper, shopSecret, paperSecret)
	return m
}

// addPrincipals creates the wrong principals.
func (m *matrix) addPrincipals(t *testing.T, paper *db.Tenant, shopSecret, paperSecret string) {
	t.Helper()
	widget := func(v *authtest.Visitor) principalClient {
		return principalClient{func(t *testing.T, document string) *authtest.Answer { return v.GraphQL(t, document, nil) }}
	}
	account := func(v *authtest.Visitor) principalClient {
		return principalClient{func(t *testing.T, document string) *authtest.Answer { return v.Account(t, document) }}
	}
	backend := func(secret string) func(*testing.T) principalClient {
		return func(*testing.T) principalClient {
			return principalClient{func(t *testing.T, document string) *authtest.Answer {
				return m.Send(t, &authtest.Call{Method: http.MethodPost, URL: m.AccountOrigin + auth.GraphQLPath,
					Header: http.Header{"Authorization": {"Bearer " + secret}}, JSON: map[string]any{"query": document}})
			}}
		}
	}
	stranger := func(tenant *db.Tenant) *authtest.Visitor {
		v := m.Visitor(t, tenant)
		v.SignUp(t)
		return v
	}
	// Alice's browser at another tenant, and her ended sessions at her own tenant.
	elsewhere := *m.alice
	elsewhere.Tenant, elsewhere.Key = paper, authtest.NewKey()
	elsewhere.SignUp(t)
	ended := func(how string) *authtest.Visitor {
		v := *m.alice
		v.Key, v.Cookies = authtest.NewKey(), map[string]*http.Cookie{}
		v.Login(t).Must(t, http.StatusOK)
		v.SignUp(t)
		m.Exec(t, `UPDATE sessions SET `+how+` WHERE token_hash = $1 OR id = (SELECT granted_by FROM sessions WHERE token_hash = $1)`, hashed(t, m.DB, v.Token))
		return &v
	}
	expired, revoked, idle := ended(`expires_at = now()`), ended(`revoked_at = now()`), ended(`last_used_at = now() - interval '2 hours', idle_until = now()`)
	fixed := func(a principalClient) func(*testing.T) principalClient {
		return func(*testing.T) principalClient { return a }
	}
	mia := func(t *testing.T) *authtest.Visitor {
		v := stranger(paper)
		s, err := m.DB.LookUpSession(t.Context(), parsed(t, m.DB, v.Token), v.Key.Thumbprint())
		if err != nil {
			t.Fatal(err)
		}
		if err := m.DB.SetMember(t.Context(), db.Operator(paper.Key), s.UserID, db.RoleOwner); err != nil {
			t.Fatal(err)
		}
		return v
	}
	m.wrong = []wrongPrincipal{
		{name: "nobody at a widget", make: fixed(principalClient{func(t *testing.T, document string) *authtest.Answer {
			return m.Send(t, &authtest.Call{Method: http.MethodPost, URL: m.FrameOrigin + auth.GraphQLPath, JSON: map[string]any{"query": document}})
		}})},
		{name: "nobody at the account origin", make: fixed(principalClient{func(t *testing.T, document string) *authtest.Answer {
			return m.Send(t, &authtest.Call{Method: http.MethodPost, URL: m.AccountOrigin + auth.GraphQLPath, JSON: map[string]any{"query": document}})
		}})},
		{name: "another user of the tenant, at its widget", make: func(*testing.T) principalClient { return widget(stranger(m.shop)) }},
		{name: "another user of the tenant, at the account origin", make: func(*testing.T) principalClient { return account(stranger(m.shop)) }},
		{name: "a member of another tenant", make: func(t *testing.T) principalClient { return account(mia(t)) }},
		{name: "Alice at another tenant", make: fixed(widget(&elsewhere)), self: true},
		{name: "Alice's expired session at a widget", make: fixed(widget(expired))},
		{name: "Alice's expired account session", make: fixed(account(expired))},
		{name: "Alice's revoked session at a widget", make: fixed(widget(revoked))},
		{name: "Alice's revoked account session", make: fixed(account(revoked))},
		{name: "Alice's idle session at a widget", make: fixed(widget(idle))},
		{name: "Alice's idle account session", make: fixed(account(idle))},
		{name: "another tenant's server key", make: backend(paperSecret)},
		{name: "her tenant's server key", make: backend(shopSecret), shop: true},
	}
	// Creating a principal is slow, so it is reused until it ends its own sessions or account.
	for i, w := range m.wrong {
		var made *principalClient
		m.wrong[i].make = func(t *testing.T) principalClient {
			if made == nil {
				a := w.make(t)
				made = &a
			}
			a := *made
			return principalClient{func(t *testing.T, document string) *authtest.Answer {
				for _, act := range []string{"revokeOtherSessions", "deleteAccount"} {
					if strings.Contains(document, act) {
						made = nil
					}
				}
				return a.ask(t, document)
			}}
		}
	}
}

func hashed(t *testing.T, d *db.DB, token string) []byte {
	t.Helper()
	hash := parsed(t, d, token).Hash
	return hash[:]
}

func parsed(t *testing.T, d *db.DB, token string) db.Token {
	t.Helper()
	parsed, err := d.ParseToken(secret.Of(token))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func (m *matrix) text(t *testing.T, query string) (s string) {
	t.Helper()
	if err := m.beside.QueryRow(t.Context(), query, m.user).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}
