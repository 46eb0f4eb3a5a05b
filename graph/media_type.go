package graph

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// The media types of a response. With application/json, a request that fails before execution still has status 200;
// with application/graphql-response+json, it has status 400 (GraphQL over HTTP, "Status codes").
const (
	mediaJSON            = "application/json"
	mediaGraphQLResponse = "application/graphql-response+json"
)

// negotiate returns the media type of the response to r, or "" if r accepts neither (RFC 9110 §12.5.1). If r accepts
// both equally, it is application/graphql-response+json if r names that, and application/json otherwise.
func negotiate(r *http.Request) string {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return mediaJSON
	}
	json, response := preferenceFor(accept, mediaJSON), preferenceFor(accept, mediaGraphQLResponse)
	switch {
	case json.quality == 0 && response.quality == 0:
		return ""
	case response.quality > json.quality:
		return mediaGraphQLResponse
	case response.quality == json.quality && response.named:
		return mediaGraphQLResponse
	}
	return mediaJSON
}

// A mediaPreference is how much a request prefers a media type.
type mediaPreference struct {
	quality float64
	named   bool // and not only covered by a wildcard
}

// preferenceFor returns the preference that the most specific range of accept has for media.
func preferenceFor(accept, media string) (best mediaPreference) {
	specific := 0
	for part := range strings.SplitSeq(accept, ",") {
		kind, params, err := mediaType(part)
		if err != nil {
			continue
		}
		s := 0
		switch kind {
		case media:
			s = 3
		case "application/*":
			s = 2
		case "*/*":
			s = 1
		}
		if s <= specific {
			continue
		}
		specific, best = s, mediaPreference{quality: 1, named: s == 3}
		if q, given := params["q"]; given {
			if best.quality, err = strconv.ParseFloat(q, 64); err != nil || !(best.quality >= 0 && best.quality <= 1) {
				best.quality = 0
			}
		}
	}
	return best
}

// mediaType is mime.ParseMediaType with a fast path for types without parameters. The fast path does not check the
// syntax: an invalid type matches none of ours.
func mediaType(v string) (kind string, params map[string]string, err error) {
	if strings.Contains(v, ";") {
		return mime.ParseMediaType(v)
	}
	return strings.ToLower(strings.TrimSpace(v)), nil, nil
}

// isJSON reports whether the Content-Type of r is JSON in UTF-8. Other types are refused: a form cannot send JSON, so
// another site cannot send a request without a CORS preflight.
func isJSON(r *http.Request) bool {
	kind, params, err := mediaType(r.Header.Get("Content-Type"))
	charset := params["charset"]
	return err == nil && kind == mediaJSON && (charset == "" || strings.EqualFold(charset, "utf-8"))
}
