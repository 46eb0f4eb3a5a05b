package graph

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
)

// A panicError is a panic of a resolver.
type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return "panic" }

// panicToError is gqlgen's recover function.
func panicToError(_ context.Context, value any) error {
	return &panicError{value: value, stack: debug.Stack()}
}

// logUnexpected logs an unexpected error with the request's id, which it returns, and with the place that the error comes
// from. The text of an error may hold data of a statement or a note, so only constant words of it are logged.
func (p *presenter) logUnexpected(ctx context.Context, err error) (id string) {
	id = p.request
	if id == "" {
		id = rand.Text()[:16]
	}
	attrs := []slog.Attr{slog.String("request", id)}
	if f := graphql.GetFieldContext(ctx); f != nil && f.Field.Field != nil {
		attrs = append(attrs, slog.String("field", f.Object+"."+f.Field.Name))
	}
	if p := place(err); p != "" {
		attrs = append(attrs, slog.String("place", p))
	}
	attrs = append(attrs, slog.String("type", typeChain(err)))
	for _, known := range []error{context.Canceled, context.DeadlineExceeded, db.ErrNoOwner, seal.ErrUnsealed} {
		if errors.Is(err, known) {
			attrs = append(attrs, slog.String("cause", known.Error()))
		}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		attrs = append(attrs, slog.String("sqlstate", pg.Code), slog.String("constraint", pg.ConstraintName))
	}
	var panicked *panicError
	if errors.As(err, &panicked) {
		attrs = append(attrs, slog.String("panic", fmt.Sprintf("%T", panicked.value)), slog.String("stack", string(panicked.stack)))
		if e, ok := panicked.value.(runtime.Error); ok {
			attrs = append(attrs, slog.String("cause", e.Error()))
		}
	}
	level := slog.LevelError
	if errors.Is(ctx.Err(), context.Canceled) {
		level = slog.LevelInfo // the client has disconnected
	}
	p.log.LogAttrs(ctx, level, "request failed", attrs...)
	return id
}

// placeWords matches the constant words with which our packages wrap an error: a package and a function.
var placeWords = regexp.MustCompile(`^(?:auth|db|feed|seal|assertion)\.[A-Z][A-Za-z]*: $`)

// place returns the functions that err came through, outermost first, such as "db.Notes: seal.Open". They are the words
// before the text of the wrapped error. Other words may hold data, so they are left out.
func place(err error) string {
	var places []string
	for inner := errors.Unwrap(err); inner != nil; err, inner = inner, errors.Unwrap(inner) {
		if words, ok := strings.CutSuffix(err.Error(), inner.Error()); ok && placeWords.MatchString(words) {
			places = append(places, strings.TrimSuffix(words, ": "))
		}
	}
	return strings.Join(places, ": ")
}

// typeChain returns the types of err and of the errors that it wraps, outermost first.
func typeChain(err error) string {
	var names []string
	for ; err != nil && len(names) < 8; err = errors.Unwrap(err) {
		names = append(names, fmt.Sprintf("%T", err))
	}
	return strings.Join(names, " > ")
}
