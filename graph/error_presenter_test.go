package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
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

// What nobody expected is shown by an id alone, and logged under it by everything but its text.
func TestTheUnknownIsLoggedWithoutItsText(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		logged string
	}{
		"an error":             {errors.New("canary"), "*errors.errorString"},
		"a wrapped one":        {fmt.Errorf("canary: %w", context.Canceled), "context canceled"},
		"PostgreSQL's":         {&pgconn.PgError{Code: "23514", ConstraintName: "notes_version_check", Message: "canary", Detail: "Failing row contains (canary).", Where: "canary"}, "notes_version_check"},
		"a panic":              {panicToError(t.Context(), "canary"), "string"},
		"a panic of Go's own":  {panicToError(t.Context(), recovered()), "index out of range"},
		"a seal that is wrong": {seal.ErrUnsealed, seal.ErrUnsealed.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			p := presenter{log: slog.New(slog.NewJSONHandler(&log, nil))}
			shown := p.present(t.Context(), c.err)
			_, rest, _ := strings.Cut(shown.Message, "(id ")
			id, _, _ := strings.Cut(rest, ")")
			if shown.Extensions["code"] != Internal || len(id) < 10 || !strings.Contains(log.String(), `"request":"`+id+`"`) {
				t.Errorf("shown %q, logged %s", shown.Message, &log)
			}
			if strings.Contains(shown.Message+log.String(), "canary") || !strings.Contains(log.String(), c.logged) {
				t.Errorf("shown %q, logged %s", shown.Message, &log)
			}
		})
	}
}

func recovered() (value any) {
	defer func() { value = recover() }()
	none := make([]int, 0)
	return none[len(none)]
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
