package auth

import (
	"net/http"
	"strings"

	"github.com/company-a/aside/internal/mediatype"
)

// EventStream is the media type of an event stream.
const EventStream = "text/event-stream"

// OpensStream reports whether r asks the API for an event stream. A page reconnects by itself, so
// this does not count as using its session, which ends when nobody uses it.
func OpensStream(r *http.Request) bool {
	if r.Method != http.MethodPost || r.URL.Path != GraphQLPath {
		return false
	}
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if !strings.Contains(accept, EventStream) { // the common case
		return false
	}
	stream := mediatype.PreferenceFor(accept, EventStream)
	return stream.Named && stream.Quality > 0
}
