package graph

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// eachRootField calls each for every root field of the schema.
func (m *matrix) eachRootField(t *testing.T, each func(name string, e rootFieldCase, f *ast.FieldDefinition, operation string)) {
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
			e, ok := rootFieldCases[name]
			known[name] = true
			if !ok {
				t.Errorf("%s has no entry", name)
				continue
			}
			each(name, e, f, operation)
		}
	}
}

// leafPaths returns the paths of the leaf fields below f.
func (m *matrix) leafPaths(t *testing.T, f *ast.FieldDefinition, within []string, asked map[string]bool) (paths []string) {
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
		args, known := fieldArguments[name]
		if !known && len(inner.Arguments) > 0 {
			t.Errorf("%s has no entry", name)
		}
		asked[name] = true
		for _, path := range m.leafPaths(t, inner, within, asked) {
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

// selection returns paths as one selection set.
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

// recordAlice sends a document as Alice, at the widget or the account origin, and records the canaries that she sees.
func (m *matrix) recordAlice(t *testing.T, document string) {
	t.Helper()
	var answers []string
	tooComplex := false // so that nobody is answered; a shorter way to the same field is another document
	for _, a := range []*authtest.Answer{m.alice.GraphQL(t, document, nil), m.alice.Account(t, document)} {
		if strings.Contains(a.Body, `"TOO_COMPLEX"`) { // of all her tenants at once; Query.tenant has the same fields
			return
		}
		if !strings.Contains(a.Body, `"errors"`) {
			answers = append(answers, a.Body)
		}
		tooComplex = tooComplex || strings.Contains(a.Body, `"TOO_COMPLEX"`)
	}
	if len(answers) == 0 && !tooComplex {
		t.Errorf("not even Alice is answered %s", document)
	}
	for secret := range m.canaries {
		if slices.ContainsFunc(answers, func(body string) bool { return strings.Contains(body, secret) }) {
			m.canaries[secret] = true
		}
	}
}

// findLeak returns a canary in a response that this principal must not see, or "".
func (m *matrix) findLeak(body string, who wrongPrincipal) string {
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

// state returns everything of Alice and her tenant except times of last use.
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
		`SELECT coalesce(string_agg(w::text, ' ' ORDER BY id), '') FROM webhooks w WHERE $1::uuid IS NOT NULL AND tenant_key = $2`,
		`SELECT coalesce(string_agg(v::text, ' ' ORDER BY id), '') FROM webhook_deliveries v WHERE $1::uuid IS NOT NULL AND tenant_key = $2`,
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

// restore undoes the changes of the tenant's backend.
func (m *matrix) restore(t *testing.T) {
	t.Helper()
	for _, undo := range []func() error{
		func() error {
			_, err := m.DB.AddEmbedOrigin(t.Context(), db.Operator(m.shop.Key), secretOrigin)
			return err
		},
		func() error {
			_, err := m.DB.RemoveEmbedOrigin(t.Context(), db.Operator(m.shop.Key), "https://evil.example")
			return err
		},
	} {
		if err := undo(); err != nil && !db.IsCode(err, db.CodeNotFound) {
			t.Fatal(err)
		}
	}
}
