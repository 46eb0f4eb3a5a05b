package graph

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
)

// A presenter converts errors to what may be shown to the client. An unexpected error is shown as INTERNAL with a random
// id, and logged with that id and without its text.
type presenter struct {
	log *slog.Logger
	// tenant resolves Note.tenant in the `extensions.current` of a CONFLICT.
	tenant func(context.Context, string) (*db.Tenant, error)
}

// present is gqlgen's error presenter, for an error of the field of ctx.
func (p *presenter) present(ctx context.Context, err error) *gqlerror.Error {
	shown := &gqlerror.Error{}
	var at *gqlerror.Error
	if errors.As(err, &at) {
		shown.Path, shown.Locations = at.Path, at.Locations
	}
	var apiErr *apiError
	dbErr := db.Outage(err)
	switch field := unreadableArgument(ctx, shown.Path); {
	case errors.As(err, &apiErr):
		setError(shown, apiErr.Code, apiErr.Field, apiErr.Message)
	case dbErr != nil, errors.As(err, &dbErr):
		shown.Err = dbErr
		p.presentDB(ctx, shown, dbErr)
	case field != "":
		shown.Path = shown.Path[:len(graphql.GetFieldContext(ctx).Path())]
		setError(shown, BadUserInput, field, "This value does not have the type of the argument. See the schema.")
	default:
		setError(shown, Internal, "", "Something went wrong on our side (id "+p.logUnexpected(ctx, err)+").")
	}
	return shown
}

// maxRequestErrors is how many errors of one document a response holds.
const maxRequestErrors = 10

// presentRequest presents request errors. Those of the parser and the validation rules are about the document only, so
// they are shown as they are.
func (p *presenter) presentRequest(ctx context.Context, errs gqlerror.List) gqlerror.List {
	shown := make(gqlerror.List, 0, min(len(errs), maxRequestErrors))
	for _, err := range errs[:cap(shown)] {
		if err.Err != nil {
			shown = append(shown, p.present(ctx, err))
			continue
		}
		e := &gqlerror.Error{Locations: err.Locations}
		setError(e, BadUserInput, "query", err.Message)
		shown = append(shown, e)
	}
	return shown
}

// setError sets the message, code and field of an error that is shown.
func setError(shown *gqlerror.Error, code Code, field, message string) {
	shown.Message, shown.Extensions = message, map[string]any{"code": code}
	if code == BadUserInput {
		shown.Extensions["field"] = field
	}
}

func (p *presenter) presentDB(ctx context.Context, shown *gqlerror.Error, e *db.Error) {
	switch e.Code {
	case db.CodeNotFound:
		setError(shown, NotFound, "", e.Message)
	case db.CodeInvalid:
		setError(shown, BadUserInput, e.Field, e.Message)
	case db.CodeForbidden:
		setError(shown, Forbidden, "", e.Message)
		if e.Reason != "" {
			shown.Extensions["reason"] = e.Reason
		}
	case db.CodeGone, db.CodeUnavailable:
		setError(shown, Unauthenticated, "", e.Message)
	case db.CodeBusy, db.CodeRateLimited:
		setError(shown, RateLimited, "", e.Message)
	case db.CodeConflict:
		setError(shown, Conflict, "", e.Message)
		if e.Current != nil {
			shown.Extensions["current"] = p.current(ctx, e.Current)
		}
	default:
		setError(shown, Internal, "", "Something went wrong on our side (id "+p.logUnexpected(ctx, e)+").")
	}
}

// unreadableArgument returns the name of the argument or input field that could not be decoded, or "" for another error.
// The generated code appends the name to the path of the field, and does not call its resolver.
func unreadableArgument(ctx context.Context, path ast.Path) string {
	field := graphql.GetFieldContext(ctx)
	if field == nil || len(path) <= len(field.Path()) {
		return ""
	}
	return lastName(path)
}

// lastName returns the last name of a path that may end in list indexes.
func lastName(path ast.Path) string {
	for _, element := range slices.Backward(path) {
		if name, ok := element.(ast.PathName); ok {
			return string(name)
		}
	}
	return ""
}

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

// logUnexpected logs an unexpected error and returns the id of its log line. The text of an error may hold data of a
// statement or a note, so it is logged only if it is known to be ours.
func (p *presenter) logUnexpected(ctx context.Context, err error) (id string) {
	id = rand.Text()[:12]
	attrs := []slog.Attr{slog.String("id", id), slog.String("types", typeChain(err))}
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
	p.log.LogAttrs(ctx, level, "graph: a request failed", attrs...)
	return id
}

// typeChain returns the types of err and of the errors that it wraps, outermost first.
func typeChain(err error) string {
	var names []string
	for ; err != nil && len(names) < 8; err = errors.Unwrap(err) {
		names = append(names, fmt.Sprintf("%T", err))
	}
	return strings.Join(names, " > ")
}
