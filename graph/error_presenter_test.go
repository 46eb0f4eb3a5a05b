package graph

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
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
	if shown := p.present(t.Context(), db.ErrSpent); shown.Extensions["code"] != Unauthenticated {
		t.Errorf("a replayed proof is shown as %v", shown.Extensions)
	}
}

// The id that a user is shown leads an operator to the request's lines in the log and to the field that failed.
func TestShownIDLeadsToTheField(t *testing.T) {
	a := start(t)
	s := a.viewer(t, "alice at shop")
	a.Exec(t, `ALTER TABLE notes RENAME COLUMN version TO renamed`)
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
	if line.Msg != "request failed" || line.Request != "REQUESTID" || line.Field != "Mutation.createNote" || line.SQLState != "42703" || strings.Contains(a.log.String(), "canary") {
		t.Errorf("logged %s", a.log)
	}
}

func TestAPanicIsOneInternalError(t *testing.T) {
	a := start(t)
	id := create(t, a, "alice at shop", "canary")
	a.handler.presenter.encoder = nil // encoding the current note panics
	code, got := a.post(t, "alice at shop", `mutation ($id: ID!) { updateNote(input: {id: $id, version: 5}) { note { tenant { id } } } }`, map[string]any{"id": id})
	if code != 500 && code != 200 || strings.Count(got, "INTERNAL") != 1 || strings.Contains(a.log.String(), "canary") {
		t.Errorf("%d %s\n%s", code, got, a.log)
	}
}
