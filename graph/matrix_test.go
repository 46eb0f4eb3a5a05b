package graph

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// The matrix: everything that the schema offers is asked for by everybody whose it is not, over
// HTTP, as they would ask. No answer holds anything of Alice's or of her tenant's, and nothing of
// theirs changes. What is asked is made from the schema: a field that is new there and has no entry
// here fails the test.

// An entry says how a root field is asked for what is Alice's, or her tenant's.
type entry struct {
	args string // <note>, <shop>, … stand for what is Alice's
	own  bool   // a stranger is answered too, about themselves
	shop bool   // her tenant's backend is answered
}

var entries = map[string]entry{
	"Query.viewer": {own: true},
	"Query.note":   {args: `(id: "<note>")`},
	"Query.notes":  {args: `(filter: {tenant: "<shop>"})`, own: true},
	"Query.tenant": {args: `(id: "<shop>")`, shop: true},

	"Mutation.createNote":  {args: `(input: {title: "mine", body: "mine"})`, own: true},
	"Mutation.updateNote":  {args: `(input: {id: "<note>", version: 1, title: "mine now"})`},
	"Mutation.trashNote":   {args: `(id: "<note>")`},
	"Mutation.restoreNote": {args: `(id: "<note>")`},
	"Mutation.deleteNote":  {args: `(id: "<note>")`},

	"Mutation.renameViewer":            {args: `(displayName: "Mallory")`, own: true},
	"Mutation.renamePasskey":           {args: `(id: "<passkey>", name: "mine now")`},
	"Mutation.deletePasskey":           {args: `(id: "<passkey>")`},
	"Mutation.revokeSession":           {args: `(id: "<session>")`},
	"Mutation.revokeOtherSessions":     {own: true},
	"Mutation.unlinkIdentity":          {args: `(id: "<identity>")`},
	"Mutation.regenerateRecoveryCodes": {own: true},
	"Mutation.deleteAccount":           {own: true},

	"Mutation.createTenant":       {args: `(name: "Mine")`, own: true},
	"Mutation.updateTenant":       {args: `(input: {tenant: "<shop>", name: "Mine", assertion: NONE, brandName: "Mine", accent: "#000000"})`},
	"Mutation.addEmbedOrigin":     {args: `(tenant: "<shop>", origin: "https://evil.example")`, shop: true},
	"Mutation.removeEmbedOrigin":  {args: `(tenant: "<shop>", origin: "https://secret-shop.example")`, shop: true},
	"Mutation.addAssertionKey":    {args: `(input: {tenant: "<shop>", kind: SHARED_SECRET})`},
	"Mutation.revokeAssertionKey": {args: `(tenant: "<shop>", id: "<assertion key>")`},
	"Mutation.testAssertion":      {args: `(tenant: "<shop>", assertion: "x")`, shop: true},
	"Mutation.createServerKey":    {args: `(tenant: "<shop>", name: "mine")`},
	"Mutation.revokeServerKey":    {args: `(tenant: "<shop>", id: "<server key>")`},
	"Mutation.inviteMember":       {args: `(tenant: "<shop>", role: OWNER)`},
	"Mutation.acceptInvitation":   {args: `(token: "in_guessed")`},
	"Mutation.removeMember":       {args: `(tenant: "<shop>", id: "<member>")`},
	"Mutation.issueTicket":        {args: `(input: {subject: "joe"})`, shop: true, own: true}, // a backend's own

	// Its stream is opened by strangers in TestASubscriptionIsRefused and TestAStreamTellsItsOwnerOfEachChange; here it
	// is asked for as if it were a query.
	"Subscription.noteChanged": {},
}

// Arguments of fields below.
var below = map[string]string{
	"Tenant.usage":        `(from: "<from>", to: "<from>")`,
	"Tenant.usageByMonth": `(from: "<from>", to: "<from>")`,
	"Tenant.auditLog":     ``,
}

func TestNobodyElseIsAnswered(t *testing.T) {
	m := newMatrix(t)
	asked := map[string]bool{}
	m.roots(t, func(name string, e entry, f *ast.FieldDefinition, operation string) {
		paths := m.paths(t, f, nil, asked)
		documents := []string{operation + " { " + f.Name + m.fill(e.args) + " " + m.selection(paths) + " }"}
		if operation == "query" {
			for _, p := range paths { // one by one: nothing hides behind another field's refusal
				documents = append(documents, "query { "+f.Name+m.fill(e.args)+" "+m.selection([]string{p})+" }")
			}
			for _, document := range documents[1:] {
				m.seenByAlice(t, document)
			}
		}
		for _, who := range m.wrong {
			before := m.state(t)
			for _, document := range documents {
				a := who.make(t).ask(t, document)
				what := fmt.Sprintf("%s asks %s\nanswered %d %s", who.name, document, a.Status, a.Body)
				if leak := m.leak(a.Body, who); leak != "" {
					t.Errorf("%s\nwhich has %q", what, leak)
				}
				answered := !strings.Contains(a.Body, `"errors"`) && a.Body != `{"data":{"`+f.Name+`":null}}` && strings.Contains(a.Body, `"data"`)
				allowed := e.own || e.shop && who.shop
				if answered && !allowed {
					t.Errorf("%s", what)
				}
				if strings.Contains(a.Body, "INTERNAL") {
					t.Errorf("%s", what)
				}
			}
			if after := m.state(t); after != before && !(e.shop && who.shop) {
				t.Errorf("%s, asked by %s, changed\n%s\nto\n%s", name, who.name, before, after)
			} else if after != before {
				m.restore(t)
			}
		}
	})
	for name, d := range m.schema.Types {
		if d.Kind != ast.Object || d.BuiltIn || strings.HasPrefix(name, "__") {
			continue
		}
		for _, f := range d.Fields {
			if !strings.HasPrefix(f.Name, "__") && !asked[name+"."+f.Name] {
				t.Errorf("nobody asked for %s.%s", name, f.Name)
			}
		}
	}
	for secret, seen := range m.canaries {
		if !seen {
			t.Errorf("not even Alice was shown %q: is it no canary?", secret)
		}
	}
}

// A matrix is Alice with her notes and her tenant, and everybody else.
type matrix struct {
	*authtest.Site
	schema   *ast.Schema
	alice    *authtest.Visitor
	user     uuid.UUID // Alice's
	shop     *db.Tenant
	named    map[string]string
	canaries map[string]bool // what only Alice, or her tenant's members, may see; whether she has
	personal []string        // the canaries that not even her tenant's backend may see
	wrong    []wrong
	beside   *pgx.Conn // a superuser's
}

// A wrong principal is somebody whose none of it is. make makes them anew where what they did
// last may have been to themselves.
type wrong struct {
	name string
	make func(*testing.T) asker
	shop bool // the backend of Alice's tenant
	self bool // Alice herself, elsewhere
}

type asker struct {
	ask func(*testing.T, string) *authtest.Answer
}

const secretOrigin = "https://secret-shop.example"

func newMatrix(t *testing.T) *matrix {
	t.Helper()
	m := &matrix{schema: executableSchema(&Resolver{}).Schema(), canaries: map[string]bool{}, named: map[string]string{}}
	m.Site = authtest.Start(t, authtest.Options{API: func(s *authtest.Site) http.Handler {
		return NewHandler(Config{DB: s.DB, Keys: s.Keys, Log: slog.New(slog.DiscardHandler), Open: true, AccountOrigin: s.AccountOrigin, Assertions: s.Auth, Loopback: true})
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
	m.alice = m.Visitor(t, m.shop)
	m.alice.SignUp(t)
	session, err := m.DB.LookUpSession(t.Context(), db.HashToken(m.alice.Token), m.alice.Key.Thumbprint())
	must(err)
	m.user = session.UserID

	// Hers.
	note, err := m.DB.CreateNote(t.Context(), session.Owner(), db.NewNote{Title: "canary title", Body: "canary body", Tags: []string{"canary tag"}})
	must(err)
	identity := uuid.Must(uuid.NewV7())
	m.Exec(t, `INSERT INTO identities (id, tenant_key, subject, user_id, email, name) VALUES ($1, $2, 'canary subject', $3, 'canary@shop.example', 'Canary Name')`, identity, m.shop.Key, m.user)
	m.Exec(t, `UPDATE sessions SET subject = 'canary subject' WHERE id = $1`, session.ID)
	m.Exec(t, `UPDATE users SET display_name = 'Canary Alice' WHERE id = $1`, m.user)
	m.Exec(t, `UPDATE passkeys SET name = 'canary passkey' WHERE user_id = $1`, m.user)

	// Her tenant's.
	must(m.DB.SetMember(t.Context(), m.shop.Key, m.user, db.RoleOwner))
	by := db.Actor{Name: "canary actor", IP: "192.0.2.77"}
	_, err = m.DB.AddEmbedOrigin(t.Context(), by, m.shop.Key, secretOrigin)
	must(err)
	key := &db.AssertionKey{TenantKey: m.shop.Key, Kind: db.SharedSecret, KeyID: "canary-kid", Algorithm: "HS256", Secret: []byte(strings.Repeat("canary", 6))}
	must(m.DB.AddAssertionKey(t.Context(), by, key))
	serverKey, shopSecret, err := m.DB.CreateServerKey(t.Context(), by, m.shop.Key, "canary server key")
	must(err)
	_, paperSecret, err := m.DB.CreateServerKey(t.Context(), db.Operator, paper.Key, "backend")
	must(err)

	passkey := m.text(t, `SELECT id::text FROM passkeys WHERE user_id = $1`)
	m.named = map[string]string{
		"note": note.ID.String(), "shop": m.shop.Key, "passkey": passkey, "session": session.ID.String(), "identity": identity.String(),
		"assertion key": key.ID.String(), "server key": serverKey.ID.String(), "member": m.DB.MemberID(m.user, m.shop.Key), "from": "2026-11-01T00:00:00Z",
	}
	m.personal = []string{"canary title", "canary body", "canary tag", note.ID.String(), "canary subject", "canary@shop.example", "Canary Name", identity.String(),
		"canary passkey", passkey, session.ID.String(), m.DB.ViewerID(m.user, m.shop.Key), m.user.String()}
	for _, secret := range append([]string{"Canary Alice", m.named["member"], secretOrigin, "canary-kid", key.ID.String(), "canary server key", serverKey.ID.String(),
		serverKey.Prefix, "canary actor", "192.0.2.77"}, m.personal...) {
		m.canaries[secret] = false
	}
	m.people(t, paper, shopSecret, paperSecret)
	return m
}

// people are the wrong principals.
func (m *matrix) people(t *testing.T, paper *db.Tenant, shopSecret, paperSecret string) {
	t.Helper()
	widget := func(v *authtest.Visitor) asker {
		return asker{func(t *testing.T, document string) *authtest.Answer { return v.GraphQL(t, document, nil) }}
	}
	account := func(v *authtest.Visitor) asker {
		return asker{func(t *testing.T, document string) *authtest.Answer { return v.Account(t, document) }}
	}
	backend := func(secret string) func(*testing.T) asker {
		return func(*testing.T) asker {
			return asker{func(t *testing.T, document string) *authtest.Answer {
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
	// Alice's own browser, at another tenant, and what is left of her there when it has ended.
	elsewhere := *m.alice
	elsewhere.Tenant, elsewhere.Key = paper, authtest.NewKey()
	elsewhere.SignUp(t)
	ended := func(how string) *authtest.Visitor {
		v := *m.alice
		v.Key, v.Cookies = authtest.NewKey(), map[string]*http.Cookie{}
		v.Login(t).Must(t, http.StatusOK)
		v.SignUp(t)
		m.Exec(t, `UPDATE sessions SET `+how+` WHERE token_hash = $1 OR id = (SELECT granted_by FROM sessions WHERE token_hash = $1)`, hashed(v.Token))
		return &v
	}
	expired, revoked := ended(`expires_at = now()`), ended(`revoked_at = now()`)
	fixed := func(a asker) func(*testing.T) asker { return func(*testing.T) asker { return a } }
	mia := func(t *testing.T) *authtest.Visitor {
		v := stranger(paper)
		s, err := m.DB.LookUpSession(t.Context(), db.HashToken(v.Token), v.Key.Thumbprint())
		if err != nil {
			t.Fatal(err)
		}
		if err := m.DB.SetMember(t.Context(), paper.Key, s.UserID, db.RoleOwner); err != nil {
			t.Fatal(err)
		}
		return v
	}
	m.wrong = []wrong{
		{name: "nobody at a widget", make: fixed(asker{func(t *testing.T, document string) *authtest.Answer {
			return m.Send(t, &authtest.Call{Method: http.MethodPost, URL: m.FrameOrigin + auth.GraphQLPath, JSON: map[string]any{"query": document}})
		}})},
		{name: "nobody at the account origin", make: fixed(asker{func(t *testing.T, document string) *authtest.Answer {
			return m.Send(t, &authtest.Call{Method: http.MethodPost, URL: m.AccountOrigin + auth.GraphQLPath, JSON: map[string]any{"query": document}})
		}})},
		{name: "another user of the tenant, at its widget", make: func(*testing.T) asker { return widget(stranger(m.shop)) }},
		{name: "another user of the tenant, at the account origin", make: func(*testing.T) asker { return account(stranger(m.shop)) }},
		{name: "a member of another tenant", make: func(t *testing.T) asker { return account(mia(t)) }},
		{name: "Alice at another tenant", make: fixed(widget(&elsewhere)), self: true},
		{name: "Alice's expired session at a widget", make: fixed(widget(expired))},
		{name: "Alice's expired account session", make: fixed(account(expired))},
		{name: "Alice's revoked session at a widget", make: fixed(widget(revoked))},
		{name: "Alice's revoked account session", make: fixed(account(revoked))},
		{name: "another tenant's server key", make: backend(paperSecret)},
		{name: "her tenant's server key", make: backend(shopSecret), shop: true},
	}
	// Making people takes a while: whoever did nothing to themselves is asked again.
	for i, w := range m.wrong {
		var made *asker
		m.wrong[i].make = func(t *testing.T) asker {
			if made == nil {
				a := w.make(t)
				made = &a
			}
			a := *made
			return asker{func(t *testing.T, document string) *authtest.Answer {
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

func hashed(token string) []byte { h := db.HashToken(token); return h[:] }

func (m *matrix) text(t *testing.T, query string) (s string) {
	t.Helper()
	if err := m.beside.QueryRow(t.Context(), query, m.user).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// roots goes through the schema's root fields.
func (m *matrix) roots(t *testing.T, each func(name string, e entry, f *ast.FieldDefinition, operation string)) {
	t.Helper()
	known := map[string]bool{}
	for operation, root := range map[string]*ast.Definition{"query": m.schema.Query, "mutation": m.schema.Mutation, "subscription": m.schema.Subscription} {
		if root == nil {
			continue
		}
		fields := slices.Clone(root.Fields)
		slices.SortFunc(fields, func(a, b *ast.FieldDefinition) int { return strings.Compare(a.Name, b.Name) })
		for _, f := range fields {
			name := root.Name + "." + f.Name
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			e, ok := entries[name]
			known[name] = true
			if !ok {
				t.Errorf("%s has no entry", name)
				continue
			}
			each(name, e, f, operation)
		}
	}
}

// paths are the fields below f that are no objects, each with the way to it.
func (m *matrix) paths(t *testing.T, f *ast.FieldDefinition, within []string, asked map[string]bool) (paths []string) {
	t.Helper()
	asked[rootOf(m.schema, f)+"."+f.Name] = true
	d := m.schema.Types[f.Type.Name()]
	if d.Kind != ast.Object {
		return []string{""}
	}
	if slices.Contains(within, d.Name) {
		return nil
	}
	within = append(slices.Clone(within), d.Name)
	for _, inner := range d.Fields {
		if strings.HasPrefix(inner.Name, "__") {
			continue
		}
		name := d.Name + "." + inner.Name
		args, known := below[name]
		if !known && len(inner.Arguments) > 0 {
			t.Errorf("%s has no entry", name)
		}
		asked[name] = true
		for _, path := range m.paths(t, inner, within, asked) {
			paths = append(paths, strings.TrimSpace(inner.Name+m.fill(args)+"\x00"+path))
		}
	}
	return paths
}

func rootOf(schema *ast.Schema, f *ast.FieldDefinition) string {
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation, schema.Subscription} {
		if root != nil && slices.Contains(root.Fields, f) {
			return root.Name
		}
	}
	return ""
}

// selection writes paths as one selection set.
func (m *matrix) selection(paths []string) string {
	var names []string
	inner := map[string][]string{}
	for _, p := range paths {
		name, rest, _ := strings.Cut(p, "\x00")
		if name == "" {
			continue
		}
		if _, ok := inner[name]; !ok {
			names = append(names, name)
			inner[name] = nil
		}
		if rest != "" {
			inner[name] = append(inner[name], rest)
		}
	}
	if len(names) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("{ ")
	for _, name := range names {
		b.WriteString(name + " " + m.selection(inner[name]) + " ")
	}
	return b.String() + "}"
}

func (m *matrix) fill(text string) string {
	for name, id := range m.named {
		text = strings.ReplaceAll(text, "<"+name+">", id)
	}
	return text
}

// seenByAlice asks as Alice, at the widget or at the account origin, who is answered.
func (m *matrix) seenByAlice(t *testing.T, document string) {
	t.Helper()
	var answers []string
	for _, a := range []*authtest.Answer{m.alice.GraphQL(t, document, nil), m.alice.Account(t, document)} {
		if !strings.Contains(a.Body, `"errors"`) {
			answers = append(answers, a.Body)
		}
	}
	if len(answers) == 0 {
		t.Errorf("not even Alice is answered %s", document)
	}
	for secret := range m.canaries {
		if slices.ContainsFunc(answers, func(body string) bool { return strings.Contains(body, secret) }) {
			m.canaries[secret] = true
		}
	}
}

// leak finds a canary in an answer that is not this principal's to see.
func (m *matrix) leak(body string, who wrong) string {
	var answer struct{ Data json.RawMessage }
	if json.Unmarshal([]byte(body), &answer) != nil {
		return "no JSON"
	}
	for secret := range m.canaries {
		switch {
		case who.self && secret == "Canary Alice": // her own name
		case who.shop && !slices.Contains(m.personal, secret):
		case strings.Contains(body, secret):
			return secret
		}
	}
	return ""
}

// state is everything of Alice's and her tenant's, but when it was last used.
func (m *matrix) state(t *testing.T) string {
	t.Helper()
	var all []string
	for _, query := range []string{
		`SELECT coalesce(string_agg(md5(n::text), ' ' ORDER BY id), '') FROM notes n WHERE user_id = $1 AND tenant_key = $2`,
		`SELECT coalesce(string_agg(u::text, ' '), '') FROM users u WHERE id = $1 AND $2 <> ''`,
		`SELECT coalesce(string_agg(id || name, ' ' ORDER BY id), '') FROM passkeys WHERE user_id = $1 AND $2 <> ''`,
		`SELECT coalesce(string_agg(id::text || coalesce(revoked_at::text, ''), ' ' ORDER BY id), '') FROM sessions WHERE user_id = $1 AND $2 <> ''`,
		`SELECT coalesce(string_agg(i::text, ' ' ORDER BY id), '') FROM identities i WHERE user_id = $1 AND $2 <> ''`,
		`SELECT coalesce(string_agg(t::text, ' '), '') FROM tenants t WHERE $1::uuid IS NOT NULL AND key = $2`,
		`SELECT coalesce(string_agg(origin, ' ' ORDER BY origin), '') FROM embed_origins WHERE $1::uuid IS NOT NULL AND tenant_key = $2`,
		`SELECT coalesce(string_agg(id::text || coalesce(revoked_at::text, ''), ' ' ORDER BY id), '') FROM assertion_keys WHERE $1::uuid IS NOT NULL AND tenant_key = $2`,
		`SELECT coalesce(string_agg(id::text || coalesce(revoked_at::text, ''), ' ' ORDER BY id), '') FROM server_keys WHERE $1::uuid IS NOT NULL AND tenant_key = $2`,
		`SELECT coalesce(string_agg(m::text, ' ' ORDER BY user_id), '') FROM members m WHERE $1::uuid IS NOT NULL AND tenant_key = $2`,
		`SELECT count(*)::text FROM invitations WHERE $1::uuid IS NOT NULL AND tenant_key = $2`,
		`SELECT count(*)::text FROM audit_events WHERE $1::uuid IS NOT NULL AND tenant_key = $2 AND action <> 'assertion.refused'`,
	} {
		var s string
		if err := m.beside.QueryRow(t.Context(), query, m.user, m.shop.Key).Scan(&s); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		all = append(all, s)
	}
	return strings.Join(all, "\n")
}

// restore undoes what the tenant's own backend did.
func (m *matrix) restore(t *testing.T) {
	t.Helper()
	for _, undo := range []func() error{
		func() error {
			_, err := m.DB.AddEmbedOrigin(t.Context(), db.Operator, m.shop.Key, secretOrigin)
			return err
		},
		func() error {
			_, err := m.DB.RemoveEmbedOrigin(t.Context(), db.Operator, m.shop.Key, "https://evil.example")
			return err
		},
	} {
		if err := undo(); err != nil && !db.IsCode(err, db.CodeNotFound) {
			t.Fatal(err)
		}
	}
}
