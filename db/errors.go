package db

import (
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// A Code says what kind of refusal an Error is.
type Code string

// The vocabulary of refusals. Anything that is none of these is a fault, not an answer.
const (
	CodeNotFound    Code = "NOT_FOUND"      // there is no such thing, or it is somebody else's
	CodeInvalid     Code = "BAD_USER_INPUT" // an argument breaks a rule; Field names it
	CodeConflict    Code = "CONFLICT"       // the thing has changed, or the id is taken
	CodeGone        Code = "GONE"           // a one-time secret was used before, or is too old
	CodeForbidden   Code = "FORBIDDEN"      // known, and not allowed
	CodeBusy        Code = "BUSY"           // not now: too much is going on
	CodeRateLimited Code = "RATE_LIMITED"   // not now: whoever asks has asked too often; Wait says for how long
	CodeUnavailable Code = "UNAVAILABLE"    // no live session
)

// An Error is a refusal that is safe to show to whoever asked.
type Error struct {
	Code    Code
	Message string        // says what to do
	Field   string        // of CodeInvalid: which argument
	Reason  string        // of CodeForbidden, for programs: what is missing; "" where nothing can be done
	Current *Note         // of CodeConflict: the note as it stands, when the asker may see it
	Wait    time.Duration // of CodeRateLimited
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// IsCode reports whether err is, or wraps, an Error of that code.
func IsCode(err error, code Code) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

// Message returns the text of an error for people: an Error's message without its code, and what is wrong in an outage.
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

// SQLSTATE codes that are answers, not faults (PostgreSQL, Appendix A).
const (
	uniqueViolation       = "23505"
	foreignKeyViolation   = "23503"
	insufficientPrivilege = "42501" // a row that row-level security does not let in
)

func isSQLState(err error, state string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == state
}
