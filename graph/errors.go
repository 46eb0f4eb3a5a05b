package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/direct"
	"github.com/company-a/aside/internal/fault"
)

// A presenter converts the errors of one request to what may be shown to the client. An unexpected error is shown as
// INTERNAL with the request's id, and logged with that id and without its text.
type presenter struct {
	log     *slog.Logger
	encoder *direct.Encoder // of the note in a CONFLICT
	id      string          // of the request, in the log
}

// forRequest returns the presenter of the request with an id.
func (p *presenter) forRequest(id string) *presenter {
	return &presenter{log: p.log, encoder: p.encoder, id: id}
}

// present is gqlgen's error presenter, for an error of the field of ctx.
func (p *presenter) present(ctx context.Context, err error) *gqlerror.Error {
	shown := &gqlerror.Error{}
	var at *gqlerror.Error
	if errors.As(err, &at) {
		shown.Path, shown.Locations = at.Path, at.Locations
	}
	p.describe(ctx, shown, err)
	return shown
}

// describe sets the message and extensions of shown for err.
func (p *presenter) describe(ctx context.Context, shown *gqlerror.Error, err error) {
	var apiErr *apiError
	dbErr := db.Outage(err)
	switch field := unreadableArgument(ctx, shown.Path); {
	case errors.As(err, &apiErr):
		setError(shown, apiErr.Code, apiErr.Field, apiErr.Message)
	case dbErr != nil, errors.As(err, &dbErr):
		shown.Err = dbErr
		p.describeDB(ctx, shown, dbErr)
	case field != "":
		shown.Path = shown.Path[:len(graphql.GetFieldContext(ctx).Path())]
		setError(shown, BadUserInput, field, "This value does not have the type of the argument. See the schema.")
	default:
		p.describeUnexpected(ctx, shown, err)
	}
}

// describeUnexpected logs err with the field of the schema that it is of, and shows the id of the line.
func (p *presenter) describeUnexpected(ctx context.Context, shown *gqlerror.Error, err error) {
	var attrs []slog.Attr
	if f := graphql.GetFieldContext(ctx); f != nil && f.Field.Field != nil {
		attrs = append(attrs, slog.String("field", f.Object+"."+f.Field.Name))
	}
	fault.Log(ctx, p.log, p.id, err, attrs...)
	setError(shown, Internal, "", "Something went wrong on our end (id "+p.id+").")
}

// panicToError is gqlgen's recover function.
func panicToError(_ context.Context, value any) error { return fault.Recovered(value) }

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

// setReason adds the reason of a refusal for programs, if it has one.
func setReason(shown *gqlerror.Error, reason string) {
	if reason != "" {
		shown.Extensions["reason"] = reason
	}
}

func (p *presenter) describeDB(ctx context.Context, shown *gqlerror.Error, e *db.Error) {
	switch e.Code {
	case db.CodeNotFound:
		setError(shown, NotFound, "", e.Message)
	case db.CodeInvalid:
		setError(shown, BadUserInput, e.Field, e.Message)
		setReason(shown, e.Reason)
	case db.CodeForbidden:
		setError(shown, Forbidden, "", e.Message)
		setReason(shown, e.Reason)
	case db.CodeGone, db.CodeUnavailable:
		setError(shown, Unauthenticated, "", e.Message)
	case db.CodeBusy, db.CodeRateLimited:
		setError(shown, RateLimited, "", e.Message)
	case db.CodeConflict:
		setError(shown, Conflict, "", e.Message)
		setReason(shown, e.Reason)
		if e.Current == nil {
			return
		}
		current, err := p.current(ctx, e.Current)
		if err != nil { // the client can send the mutation again
			p.describe(ctx, shown, err)
			return
		}
		shown.Extensions["current"] = current
	default:
		p.describeUnexpected(ctx, shown, e)
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

// current returns the `extensions.current` of a CONFLICT: the fields of n that the mutation selects in `note { … }`, or
// id and version if it selects none.
func (p *presenter) current(ctx context.Context, n *db.Note) (any, error) {
	op := graphql.GetOperationContext(ctx)
	var selected ast.SelectionSet
	for _, f := range graphql.CollectFields(op, graphql.GetFieldContext(ctx).Field.Selections, []string{"NotePayload"}) {
		if f.Name == "note" {
			selected = append(selected, f.Selections...)
		}
	}
	if len(selected) == 0 {
		return map[string]any{"id": n.ID, "version": n.Version}, nil
	}
	note, err := p.encoder.Note(ctx, n, selected)
	return json.RawMessage(note), err
}

// A Code is the `extensions.code` of an error: stable, for programs.
type Code string

// The codes of the API. There are no others.
const (
	Unauthenticated Code = "UNAUTHENTICATED"
	Forbidden       Code = "FORBIDDEN"
	NotFound        Code = "NOT_FOUND"
	BadUserInput    Code = "BAD_USER_INPUT"
	Conflict        Code = "CONFLICT"
	RateLimited     Code = "RATE_LIMITED"
	TooComplex      Code = "TOO_COMPLEX"
	Internal        Code = "INTERNAL"
)

// An apiError is an error of this package that is safe to show to the client.
type apiError struct {
	Code    Code
	Field   string // of BadUserInput: the argument, input field or request parameter
	Message string // tells the client what to do
}

func (e *apiError) Error() string { return string(e.Code) + ": " + e.Message }

// badRequest returns a BAD_USER_INPUT error. The message must not quote the body, because it may contain a note.
func badRequest(field, message string) error {
	return &apiError{Code: BadUserInput, Field: field, Message: message}
}

func tooComplex(format string, args ...any) error {
	return &apiError{Code: TooComplex, Message: fmt.Sprintf(format, args...)}
}

func requestError(err error) gqlerror.List { return gqlerror.List{gqlerror.Wrap(err)} }

// variableError returns BAD_USER_INPUT for a variable that does not have its type, with the name of the innermost input
// field or else the variable.
func variableError(err error) error {
	field := "variables"
	var at *gqlerror.Error
	if errors.As(err, &at) {
		if name := lastName(at.Path); name != "" {
			field = name
		}
	}
	return badRequest(field, "This value does not have the type of the variable. See the schema.")
}
