package db

import (
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/company-a/aside/internal/fault"
)

// A Code says what kind of refusal an Error is.
type Code string

// The codes of refusals. Any other error is a fault.
const (
	CodeNotFound    Code = "NOT_FOUND"      // it does not exist, or belongs to somebody else
	CodeInvalid     Code = "BAD_USER_INPUT" // an argument breaks a rule; Field names it
	CodeConflict    Code = "CONFLICT"       // it has changed, the id is taken, or a limit is reached
	CodeGone        Code = "GONE"           // a one-time secret was used before, or is too old
	CodeForbidden   Code = "FORBIDDEN"      // the caller is known, but not allowed
	CodeBusy        Code = "BUSY"           // not now: the service is busy
	CodeRateLimited Code = "RATE_LIMITED"   // not now: the caller tried too often; Wait says for how long
	CodeUnavailable Code = "UNAVAILABLE"    // no live session
)

// An Error is a refusal that is safe to show to the caller.
type Error struct {
	Code    Code
	Message string        // says what to do
	Field   string        // for CodeInvalid: which argument
	Reason  string        // for CodeForbidden, CodeConflict and CodeInvalid, for programs: what is missing or in the way; "" if nothing is, or the argument itself
	Current *Note         // for CodeConflict: the note as it is now, if the caller may see it
	Wait    time.Duration // for CodeRateLimited
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// IsCode reports whether err is, or wraps, an Error with that code.
func IsCode(err error, code Code) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

// Message returns the text of an error for people: the message of an Error without its code, and in an outage
// what is wrong.
func Message(err error) string {
	if Outage(err) != nil {
		return "the database cannot be used at the moment: " + oneLine(err.Error())
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}

func invalid(field, format string, args ...any) error {
	return &Error{Code: CodeInvalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// SQLSTATE codes that mean a refusal, not a fault (PostgreSQL, Appendix A).
const (
	uniqueViolation       = "23505"
	foreignKeyViolation   = "23503"
	insufficientPrivilege = "42501" // for example a row that row-level security refuses
)

func isSQLState(err error, state string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == state
}

var errNotFound = &Error{Code: CodeNotFound, Message: "It doesn't exist here, or was already removed."}

// place adds the constant name of a function to the fault that it returns (fault.PlaceOf). Each exported
// function that reaches the database defers it. Refusals stay unchanged, since people see them.
func place(err *error, function string) {
	if refusal := (*Error)(nil); !errors.As(*err, &refusal) {
		fault.Place(err, function)
	}
}
