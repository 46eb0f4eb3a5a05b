package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/direct"
)

func TestPresent(t *testing.T) {
	for want, err := range map[Code]error{
		NotFound:        db.ErrUnknownTenant,
		Unauthenticated: fmt.Errorf("wrapped: %w", db.ErrNoSession),
		Conflict:        &db.Error{Code: db.CodeConflict},
		Forbidden:       &db.Error{Code: db.CodeForbidden},
		TooComplex:      errCost,
		BadUserInput:    &db.Error{Code: db.CodeInvalid, Field: "title"},
		Internal:        &db.Error{Code: "NEW"},
	} {
		p := presenter{log: slog.New(slog.DiscardHandler)}
		shown := p.present(t.Context(), err)
		if shown.Extensions["code"] != want || (want == BadUserInput) != (shown.Extensions["field"] == "title") {
			t.Errorf("%v is shown as %v", err, shown.Extensions)
		}
	}
	p := presenter{log: slog.New(slog.DiscardHandler)}
	for _, code := range []db.Code{db.CodeConflict, db.CodeForbidden, db.CodeInvalid} {
		for reason, want := range map[string]any{"last_wrap": "last_wrap", "": nil} {
			if shown := p.present(t.Context(), &db.Error{Code: code, Reason: reason}); shown.Extensions["reason"] != want {
				t.Errorf("%s for the reason %q is shown as %v", code, reason, shown.Extensions)
			}
		}
	}
	if shown := p.present(t.Context(), db.ErrProofUsed); shown.Extensions["code"] != Unauthenticated {
		t.Errorf("a replayed proof is shown as %v", shown.Extensions)
	}
}

// With the id that a person is shown, an operator finds the line in the log, with the field that failed.
func TestShownIDLeadsToTheField(t *testing.T) {
	a := start(t)
	s := a.viewer(t, "alice at shop")
	a.Exec(t, `ALTER TABLE notes RENAME COLUMN pinned TO renamed`)
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query": "mutation { alias: createNote(input: {title: \"canary\"}) { note { id } } }"}`))
	r.Header.Set("Content-Type", "application/json")
	r = r.WithContext(auth.WithPrincipal(r.Context(), &auth.Principal{Session: s}))
	w := httptest.NewRecorder()
	w.Header().Set("X-Request-Id", "REQUESTID") // the request log sets it
	a.handler.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), "(id REQUESTID)") {
		t.Errorf("answered %s", w.Body)
	}
	var line struct{ Msg, Request, Field, Place, Type, SQLState string }
	if err := json.Unmarshal(a.log.Bytes(), &line); err != nil {
		t.Fatalf("%v: %s", err, a.log)
	}
	if line.Msg != "request failed" || line.Request != "REQUESTID" || line.Field != "Mutation.createNote" || line.Place != "db.CreateNote" || line.SQLState != "42703" || strings.Contains(a.log.String(), "canary") {
		t.Errorf("logged %s", a.log)
	}
}

func TestPanicIsOneInternalError(t *testing.T) {
	a := start(t)
	id := create(t, a, "alice at shop", "canary")
	a.handler.presenter.encoder = nil // encoding the current note panics
	code, got := a.post(t, "alice at shop", `mutation ($id: ID!) { updateNote(input: {id: $id, version: 5}) { note { tenant { id } } } }`, map[string]any{"id": id})
	if code != 500 && code != 200 || strings.Count(got, "INTERNAL") != 1 || strings.Contains(a.log.String(), "canary") {
		t.Errorf("%d %s\n%s", code, got, a.log)
	}
}

// A conflict without the fields that the client selects would look complete, so the client gets the error and can retry.
func TestConflictFailsWithItsNote(t *testing.T) {
	a := start(t)
	id := create(t, a, "alice at shop", "Hers")
	a.handler.presenter.encoder = direct.NewEncoder(&Resolver{tenants: newTenantCache(func(context.Context, string) (*db.Tenant, error) {
		return nil, errors.New("canary")
	})})
	update := func(selection string) string {
		_, got := a.post(t, "alice at shop", `mutation ($id: ID!) { updateNote(input: {id: $id, version: 5}) { note { `+selection+` } } }`, map[string]any{"id": id})
		return got
	}
	if got := update("title"); !strings.Contains(got, `"code":"CONFLICT","current":{"title":"Hers"}`) {
		t.Errorf("answered %s", got)
	}
	if got := update("title tenant { id }"); !strings.Contains(got, `"path":["updateNote"]`) || !strings.Contains(got, `"code":"INTERNAL"`) || strings.Contains(got, "current") || strings.Contains(got+a.log.String(), "canary") {
		t.Errorf("answered %s, logged %s", got, a.log)
	}
}

// A CONFLICT holds each field of Note, encoded as in any other response.
func TestConflictsHoldEveryField(t *testing.T) {
	a := start(t)
	create(t, a, "alice at shop", "there")
	id := create(t, a, "alice at shop", "Alice's")
	a.Exec(t, `UPDATE notes SET created_at = created_at - interval '1 hour'`) // so that an earlier version is kept
	a.must(t, "alice at shop", `mutation ($id: ID!) { updateNote(input: {id: $id, version: 1, title: "another"}) { note { id } } }`, map[string]any{"id": id}, nil)
	var fields []string
	for _, f := range executableSchema(&Resolver{}).Schema().Types["Note"].Fields {
		name := f.Name
		if name == "tenant" {
			name = "tenant { __typename id name }"
		}
		if name == "context" {
			name = "context { __typename id title url }"
		}
		if name == "history" {
			name = "history(first: 5) { __typename version title body tags sealed writtenAt }"
		}
		fields = append(fields, name)
	}
	selection := "note { __typename " + strings.Join(fields, " ") + " }"
	var trashed struct{ TrashNote struct{ Note any } }
	a.must(t, "alice at shop", `mutation ($id: ID!) { trashNote(id: $id) { `+selection+` } }`, map[string]any{"id": id}, &trashed)
	_, got := a.post(t, "alice at shop", `mutation ($id: ID!) { updateNote(input: {id: $id, version: 7}) { `+selection+` } }`, map[string]any{"id": id})
	if err := match(`{"message": "<>", "path": ["updateNote"], "locations": [{"line": 1, "column": 23}], "extensions": {"code": "CONFLICT", "current": `+encode(t, trashed.TrashNote.Note)+`}}`,
		strings.TrimSuffix(strings.TrimPrefix(got, `{"errors":[`), `],"data":null}`), map[string]string{}); err != nil {
		t.Errorf("%v: %s", err, got)
	}
}
