package auth

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
)

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

func writeJSON(w http.ResponseWriter, status int, v any) {
	setHeaders(w.Header(), "application/json", "no-store") // RFC 6749 §5.1
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // an error means that the client has gone
}

// setHeaders sets the headers that describe a body: its media type, which a browser must not guess, and how it is cached.
func setHeaders(h http.Header, mediaType, cache string) {
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", cache)
	h.Set("X-Content-Type-Options", "nosniff")
}
