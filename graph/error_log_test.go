package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
)

func TestPlaceHoldsConstantWordsOnly(t *testing.T) {
	inner := errors.New("canary")
	for want, err := range map[string]error{
		"":                     inner,
		"db.Notes":             fmt.Errorf("db.Notes: %w", inner),
		"db.Notes: seal.Open":  fmt.Errorf("db.Notes: %w", fmt.Errorf("seal.Open: %w", inner)),
		"db.CreateNote":        fmt.Errorf("db.CreateNote: %w", fmt.Errorf("note %q: %w", "canary", inner)),
		"auth.Confirm: db.Ask": fmt.Errorf("canary: %w", fmt.Errorf("auth.Confirm: %w", fmt.Errorf("db.Ask: %w", context.Canceled))),
	} {
		if got := place(err); got != want {
			t.Errorf("the place of %q is %q, want %q", err, got, want)
		}
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
