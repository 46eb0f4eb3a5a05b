package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/seal"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// An api is a handler with its own database, and the people who use it.
type api struct {
	*dbtest.Database
	handler *handler
	log     *bytes.Buffer
	people  map[string]*dbtest.Person
	tenants map[string]*db.Tenant
	viewers map[string]*db.Session

	principals map[string]*auth.Principal // that are not people
}

func start(t testing.TB) *api {
	a := &api{
		Database: dbtest.New(t), log: &bytes.Buffer{},
		people: map[string]*dbtest.Person{}, tenants: map[string]*db.Tenant{}, viewers: map[string]*db.Session{},
		principals: map[string]*auth.Principal{},
	}
	a.handler = newHandler(Config{DB: a.DB, Keys: a.Keys, AccountOrigin: "https://account.example", Log: slog.New(slog.NewJSONHandler(a.log, nil))})
	a.handler.trusted.open = true // allows any document, but no introspection
	return a
}

// withAndWithoutDirect runs a test twice: with package direct, and with the generated code only.
func withAndWithoutDirect(t *testing.T, test func(*testing.T, *api)) {
	t.Run("direct", func(t *testing.T) { test(t, start(t)) })
	t.Run("generated", func(t *testing.T) {
		a := start(t)
		a.handler = withoutDirect(a.handler)
		test(t, a)
	})
}

// withoutDirect returns h without package direct.
func withoutDirect(h *handler) *handler {
	alone := *h
	alone.encoder = nil
	return &alone
}

// viewer returns the session of "alice at shop" (a widget session), "alice" (an account session) or "nobody" (nil), and
// creates the person and the tenant if they do not exist.
func (a *api) viewer(t testing.TB, who string) *db.Session {
	t.Helper()
	if who == "nobody" {
		return nil
	}
	if s := a.viewers[who]; s != nil {
		return s
	}
	name, place, atTenant := strings.Cut(who, " at ")
	if a.people[name] == nil {
		a.people[name] = a.Person(t, name)
	}
	s := a.people[name].Account
	if atTenant {
		if a.tenants[place] == nil {
			a.tenants[place] = a.Tenant(t, place)
		}
		s = a.people[name].Widget(t, a.tenants[place])
	}
	a.viewers[who] = s
	return s
}

// post sends a GraphQL request as who, and returns the status and body of the response.
func (a *api) post(t testing.TB, who, query string, variables any) (int, string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	answer := a.serve(t, who, r)
	return answer.Code, answer.Body.String()
}

func (a *api) serve(t testing.TB, who string, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	a.serveTo(t, w, who, r)
	return w
}

func (a *api) serveTo(t testing.TB, w http.ResponseWriter, who string, r *http.Request) {
	t.Helper()
	if p := a.principals[who]; p != nil {
		r = r.WithContext(auth.WithPrincipal(r.Context(), p))
	} else if s := a.viewer(t, who); s != nil {
		r = r.WithContext(auth.WithPrincipal(r.Context(), &auth.Principal{Session: s}))
	}
	a.handler.ServeHTTP(w, r)
}

// must sends a GraphQL request, fails if the response has errors, and decodes the data.
func (a *api) must(t testing.TB, who, query string, variables, data any) {
	t.Helper()
	_, body := a.post(t, who, query, variables)
	answer := struct {
		Data   any
		Errors []any
	}{Data: data}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || len(answer.Errors) > 0 {
		t.Fatalf("%s: %s\n%v", query, body, err)
	}
}

// newHandlerWithoutDatabase returns a handler for tests of what happens before a database query.
func newHandlerWithoutDatabase(t testing.TB, open bool) *handler {
	t.Helper()
	keys, err := seal.NewKeyring(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	h := newHandler(Config{Keys: keys, Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Open: open})
	h.count = func(*db.Session) {}
	h.mayStillSee = func(context.Context, ...string) error { return nil }
	return h
}
