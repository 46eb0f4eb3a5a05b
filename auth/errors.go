package auth

import (
	"cmp"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/company-a/aside/db"
)

// An Error is a refusal that may be shown to whoever asked.
type Error struct {
	Status  int    // HTTP status
	Code    string // stable, for programs
	Message string // for people: what happened and what to do

	RetryAfter time.Duration // 0: it is not a matter of time

	blameless bool // what was presented may be in order all the same: it counts against nobody
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

func refuse(status int, code, message string) *Error {
	return &Error{Status: status, Code: code, Message: message}
}

// blameless is refuse for what says how to go on with a credential that may be in order.
func blameless(status int, code, message string) *Error {
	return &Error{Status: status, Code: code, Message: message, blameless: true}
}

// SayWhen tells when to come back (RFC 9110 §10.2.3), in whole seconds and never too early.
func (e *Error) SayWhen(w http.ResponseWriter) {
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
}

// errInternal is what is shown of a fault; the log has the rest.
var errInternal = refuse(http.StatusInternalServerError, "internal", "Something went wrong on our end. Try again in a moment.")

// refusal turns what package db refuses into what may be shown of it, and leaves the rest.
func refusal(err error) error {
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
		return refuse(http.StatusBadRequest, "refused", known.Message)
	}
}

// shown gives what may be shown of err: itself if it is a refusal, or errInternal after
// logging it.
func (s *Server) shown(r *http.Request, err error) *Error {
	var refused *Error
	if errors.As(err, &refused) || errors.As(refusal(err), &refused) {
		return refused
	}
	if r.Context().Err() == nil {
		s.log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	return errInternal
}

// writeError answers the popup's own endpoints.
func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	e := s.failed(r, s.shown(r, err))
	e.SayWhen(w)
	writeJSON(w, e.Status, map[string]any{"error": map[string]string{"code": e.Code, "message": e.Message}})
}

// writeOAuthError answers the OAuth endpoints (RFC 6749 §5.2).
func (s *Server) writeOAuthError(w http.ResponseWriter, r *http.Request, err error) {
	e := s.failed(r, s.shown(r, err))
	code := e.Code
	if e == errInternal {
		code = "server_error"
	}
	e.SayWhen(w)
	writeJSON(w, e.Status, map[string]string{"error": code, "error_description": e.Message})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store") // RFC 6749 §5.1
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client has gone, or all is written
}
