package auth

import (
	"encoding/json"
	"net/http"
)

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
