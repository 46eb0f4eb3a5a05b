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

// A presenter turns any error into what may be shown of it. What it does not know is logged
// under a random id, by its type and never its text, and shown as INTERNAL with that id.
type presenter struct {
	log *slog.Logger
	// tenant resolves Note.tenant in what a CONFLICT shows.
	tenant func(context.Context, string) (*db.Tenant, error)
}

// present is gqlgen's error presenter: err happened while the field of ctx was resolved.
func (p *presenter) present(ctx context.Context, err error) *gqlerror.Error {
	shown := &gqlerror.Error{}
	var at *gqlerror.Error
	if errors.As(err, &at) {
		shown.Path, shown.Locations = at.Path, at.Locations
	}
	var ours *refusal
	theirs := db.Outage(err)
	switch field := badArgument(ctx, shown.Path); {
	case errors.As(err, &ours):
		refuse(shown, ours.Code, ours.Field, ours.Message)
	case theirs != nil, errors.As(err, &theirs):
		shown.Err = theirs
		p.presentDB(ctx, shown, theirs)
	case field != "":
		shown.Path = shown.Path[:len(graphql.GetFieldContext(ctx).Path())]
		refuse(shown, BadUserInput, field, "This value does not fit its type: see the schema.")
	default:
		refuse(shown, Internal, "", "Something went wrong on our side (id "+p.fault(ctx, err)+").")
	}
	return shown
}

func refuse(shown *gqlerror.Error, code Code, field, message string) {
	shown.Message, shown.Extensions = message, map[string]any{"code": code}
	if code == BadUserInput {
		shown.Extensions["field"] = field
	}
}

func (p *presenter) presentDB(ctx context.Context, shown *gqlerror.Error, e *db.Error) {
	switch e.Code {
	case db.CodeNotFound:
		refuse(shown, NotFound, "", e.Message)
	case db.CodeInvalid:
		refuse(shown, BadUserInput, e.Field, e.Message)
	case db.CodeForbidden:
		refuse(shown, Forbidden, "", e.Message)
		if e.Reason != "" {
			shown.Extensions["reason"] = e.Reason
		}
	case db.CodeGone, db.CodeUnavailable:
		refuse(shown, Unauthenticated, "", e.Message)
	case db.CodeBusy, db.CodeRateLimited:
		refuse(shown, RateLimited, "", e.Message)
	case db.CodeConflict:
		refuse(shown, Conflict, "", e.Message)
		if e.Current != nil {
			shown.Extensions["current"] = p.current(ctx, e.Current)
		}
	default:
		refuse(shown, Internal, "", "Something went wrong on our side (id "+p.fault(ctx, e)+").")
	}
}

// badArgument names the argument or input field that could not be read. The generated code
// puts its name behind the path of the field, whose resolver is then not called.
func badArgument(ctx context.Context, path ast.Path) string {
	field := graphql.GetFieldContext(ctx)
	if field == nil || len(path) <= len(field.Path()) {
		return ""
	}
	return lastName(path)
}

// lastName is the innermost name of a path, without the indexes of a list behind it.
func lastName(path ast.Path) string {
	for _, element := range slices.Backward(path) {
		if name, ok := element.(ast.PathName); ok {
			return string(name)
		}
	}
	return ""
}

// A panicked is what a resolver panicked with.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return "panic" }

// caught is gqlgen's recover function.
func caught(_ context.Context, value any) error {
	return &panicked{value: value, stack: debug.Stack()}
}

// fault logs an error that nobody expected and gives the id it is logged under. The text of an
// error may hold what a statement or a note does, so it stays out of the log, except where it
// is known to be words of our own.
func (p *presenter) fault(ctx context.Context, err error) (id string) {
	id = rand.Text()[:12]
	attrs := []slog.Attr{slog.String("id", id), slog.String("types", types(err))}
	for _, known := range []error{context.Canceled, context.DeadlineExceeded, db.ErrNoOwner, seal.ErrUnsealed} {
		if errors.Is(err, known) {
			attrs = append(attrs, slog.String("cause", known.Error()))
		}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		attrs = append(attrs, slog.String("sqlstate", pg.Code), slog.String("constraint", pg.ConstraintName))
	}
	var panicked *panicked
	if errors.As(err, &panicked) {
		attrs = append(attrs, slog.String("panic", fmt.Sprintf("%T", panicked.value)), slog.String("stack", string(panicked.stack)))
		if e, ok := panicked.value.(runtime.Error); ok {
			attrs = append(attrs, slog.String("cause", e.Error()))
		}
	}
	level := slog.LevelError
	if errors.Is(ctx.Err(), context.Canceled) {
		level = slog.LevelInfo // whoever asked has left
	}
	p.log.LogAttrs(ctx, level, "graph: a request failed", attrs...)
	return id
}

// types names the types of err and of what it wraps, outermost first.
func types(err error) string {
	var names []string
	for ; err != nil && len(names) < 8; err = errors.Unwrap(err) {
		names = append(names, fmt.Sprintf("%T", err))
	}
	return strings.Join(names, " > ")
}
