package auth

import (
	"mime"
	"net/http"
	"strings"

	"github.com/company-a/aside/db"
)

// EventStream is the media type of an event stream.
const EventStream = "text/event-stream"

// OpensStream reports whether r asks the API for an event stream. A page reconnects by itself, so
// this does not count as using its session, which ends when nobody uses it.
func OpensStream(r *http.Request) bool {
	if r.Method != http.MethodPost || r.URL.Path != GraphQLPath {
		return false
	}
	for _, accept := range r.Header.Values("Accept") {
		if !strings.Contains(accept, EventStream) { // the common case
			continue
		}
		for part := range strings.SplitSeq(accept, ",") {
			kind, params, err := mime.ParseMediaType(part)
			q, weighed := params["q"]
			if err == nil && kind == EventStream && (!weighed || strings.Trim(q, "0.") != "") { // RFC 9110 §12.4.2: 0 is "not acceptable"
				return true
			}
		}
	}
	return false
}

// session returns the live session of a token. It records that the session is used, unless r opens
// an event stream. thumbprint is that of the DPoP proof's key, or "" for the account cookie.
func (s *Server) session(r *http.Request, token secret, thumbprint string) (*db.Session, error) {
	if OpensStream(r) {
		return s.db.PeekSession(r.Context(), token.hash(), thumbprint)
	}
	return s.db.LookUpSession(r.Context(), token.hash(), thumbprint)
}
