package auth

import (
	"mime"
	"net/http"
	"strings"
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
