package auth

import (
	"mime"
	"net/http"
	"strings"

	"github.com/company-a/aside/db"
)

// EventStream is the media type of an answer that goes on.
const EventStream = "text/event-stream"

// OpensStream reports whether r asks the API for an answer that goes on. A page asks so by
// itself, again and again: it is no use of its session and does not keep it from ending.
func OpensStream(r *http.Request) bool {
	if r.Method != http.MethodPost || r.URL.Path != GraphQLPath {
		return false
	}
	for _, accept := range r.Header.Values("Accept") {
		if !strings.Contains(accept, EventStream) { // nearly always
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

// presentedSession finds the live session of a token that r presents, and notes that it is in use
// unless r opens a stream.
func (s *Server) presentedSession(r *http.Request, token secret, jkt string) (*db.Session, error) {
	if OpensStream(r) {
		return s.db.PeekSession(r.Context(), token.hash(), jkt)
	}
	return s.db.LookUpSession(r.Context(), token.hash(), jkt)
}
