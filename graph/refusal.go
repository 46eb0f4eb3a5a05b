package graph

// A Code is what `extensions.code` of an error says: stable, for programs.
type Code string

// The codes of the API. No other is ever sent.
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

// A refusal is an error of this package's own that is safe to show.
type refusal struct {
	Code    Code
	Field   string // of BadUserInput: the argument, input field or request parameter
	Message string // says what to do
}

func (r *refusal) Error() string { return string(r.Code) + ": " + r.Message }
