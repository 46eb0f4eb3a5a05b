package auth

import (
	"cmp"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
)

// An Error is a refusal that may be shown to the client.
type Error struct {
	Status  int    // HTTP status
	Code    string // stable, for programs
	Message string // for people: what happened, and what to do next

	RetryAfter time.Duration // 0 if waiting does not help

	uncounted bool // not counted as a failed attempt, since the credential may be valid
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

func refuse(status int, code, message string) *Error {
	return &Error{Status: status, Code: code, Message: message}
}

// refuseUncounted returns an Error that is not counted as a failed attempt: the client can try again with the same
// credential.
func refuseUncounted(status int, code, message string) *Error {
	return &Error{Status: status, Code: code, Message: message, uncounted: true}
}

func badRequest(message string) *Error {
	return refuse(http.StatusBadRequest, "invalid_request", message)
}

// fromDB turns a refusal of package db into an *Error. It returns any other error unchanged.
func fromDB(err error) error {
	known := db.Outage(err)
	if known == nil && !errors.As(err, &known) {
		return err
	}
	switch known.Code {
	case db.CodeForbidden:
		return refuse(http.StatusForbidden, cmp.Or(known.Reason, "refused"), known.Message)
	case db.CodeGone:
		return refuse(http.StatusGone, "request_expired", known.Message)
	case db.CodeNotFound:
		return refuse(http.StatusNotFound, "not_found", known.Message)
	case db.CodeUnavailable:
		return refuse(http.StatusUnauthorized, "unauthenticated", known.Message)
	case db.CodeBusy:
		return &Error{Status: http.StatusServiceUnavailable, Code: "temporarily_unavailable", Message: known.Message, RetryAfter: time.Second}
	case db.CodeRateLimited:
		return &Error{Status: http.StatusTooManyRequests, Code: "rate_limited", Message: known.Message, RetryAfter: known.Wait}
	default:
		return refuse(http.StatusBadRequest, cmp.Or(known.Reason, "refused"), known.Message)
	}
}

// present returns the Error to show to the client for err. It logs an unexpected error with the request's id, and shows only
// the id.
func (s *Server) present(w http.ResponseWriter, r *http.Request, err error) *Error {
	var refused *Error
	if errors.As(err, &refused) || errors.As(fromDB(err), &refused) {
		return refused
	}
	id := fault.RequestID(w)
	fault.Log(r.Context(), s.log, id, err)
	return refuse(http.StatusInternalServerError, "internal", "Something went wrong on our end (id "+id+"). Try again in a moment.")
}

// SetRetryAfter sets the Retry-After header (RFC 9110 §10.2.3) if e has a RetryAfter, in seconds,
// rounded up.
func (e *Error) SetRetryAfter(w http.ResponseWriter) {
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
}

// writeError answers the account origin's own endpoints.
func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	e := s.countFailure(r, s.present(w, r, err))
	e.SetRetryAfter(w)
	writeJSON(w, e.Status, map[string]any{"error": map[string]string{"code": e.Code, "message": e.Message}})
}

// writeOAuthError answers the OAuth endpoints (RFC 6749 §5.2).
func (s *Server) writeOAuthError(w http.ResponseWriter, r *http.Request, err error) {
	e := s.countFailure(r, s.present(w, r, err))
	code := e.Code
	if e.Status == http.StatusInternalServerError {
		code = "server_error"
	}
	e.SetRetryAfter(w)
	writeJSON(w, e.Status, map[string]string{"error": code, "error_description": e.Message})
}
