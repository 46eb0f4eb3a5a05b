package fault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func outer(inner error) (err error) {
	defer Place(&err, "db.Outer")
	return fmt.Errorf("note %q: %w", "canary", placedInside(inner))
}

func placedInside(inner error) (err error) {
	defer Place(&err, "seal.Inner")
	return inner
}

func TestPlaceOf(t *testing.T) {
	if err := outer(nil); PlaceOf(placedInside(nil)) != "" || !strings.Contains(err.Error(), "db.Outer: ") {
		t.Errorf("%v", err)
	}
	for want, err := range map[string]error{
		"":                     errors.New("canary"),
		"db.Outer: seal.Inner": outer(errors.New("canary")),
		"seal.Inner":           fmt.Errorf("canary: %w", placedInside(context.Canceled)),
	} {
		if got := PlaceOf(err); got != want {
			t.Errorf("the place of %q is %q, want %q", err, got, want)
		}
	}
}

func panics(value any) (err error) {
	defer func() { err = Recovered(recover()) }()
	panic(value)
}

func TestLoggedFaultHasConstantWords(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	var list []int
	for name, c := range map[string]struct {
		ctx  context.Context
		err  error
		want []string
	}{
		"of PostgreSQL": {t.Context(), outer(&pgconn.PgError{Code: "23505", ConstraintName: "notes_pkey", Message: "canary", Detail: "canary"}),
			[]string{`"level":"ERROR"`, `"place":"db.Outer: seal.Inner"`, `"sqlstate":"23505"`, `"constraint":"notes_pkey"`, "*pgconn.PgError"}},
		"a known one":            {t.Context(), outer(Known("constant words")), []string{`"cause":"constant words"`, "fault.Known"}},
		"a late one":             {t.Context(), outer(context.DeadlineExceeded), []string{`"cause":"context deadline exceeded"`, `"level":"ERROR"`}},
		"a canceled one":         {canceled, outer(context.Canceled), []string{`"level":"INFO"`}},
		"a panic":                {t.Context(), panics("canary"), []string{`"panic":"string"`, `"stack":["`, "internal/fault.panics:"}},
		"a panic after a cancel": {canceled, panics("canary"), []string{`"level":"ERROR"`}},
		"a runtime error":        {t.Context(), panics(errorOf(func() { _ = list[3] })), []string{"index out of range"}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			Log(c.ctx, slog.New(slog.NewJSONHandler(&b, nil)), "THEID", c.err, slog.String("field", "Query.note"))
			for _, want := range append(c.want, `"msg":"request failed"`, `"request":"THEID"`, `"field":"Query.note"`) {
				if !strings.Contains(b.String(), want) {
					t.Errorf("%s is missing in %s", want, &b)
				}
			}
			if strings.Contains(b.String(), "canary") || !json.Valid(b.Bytes()) {
				t.Errorf("logged %s", &b)
			}
		})
	}
}

func TestRequestID(t *testing.T) {
	w := httptest.NewRecorder()
	if a, b := RequestID(w), RequestID(w); a == b || len(a) < 10 {
		t.Errorf("ids %q and %q", a, b)
	}
	w.Header().Set("X-Request-Id", "THEID")
	if id := RequestID(w); id != "THEID" {
		t.Errorf("id %q", id)
	}
}

// errorOf returns what do panics with.
func errorOf(do func()) (value any) {
	defer func() { value = recover() }()
	do()
	return nil
}
