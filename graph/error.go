package graph

import (
	"fmt"
)

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
