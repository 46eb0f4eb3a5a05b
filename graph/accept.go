package graph

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// The media types of an answer. With the first, a request that is not executed is answered
// 200 as well; with the second, the status says what happened (GraphQL over HTTP, "Status codes").
const (
	mediaJSON            = "application/json"
	mediaGraphQLResponse = "application/graphql-response+json"
)

// negotiate chooses the media type of the answer to r: what it prefers, of two alike the newer
// one if it is named, JSON where all is welcome. "" when neither is (RFC 9110 §12.5.1).
func negotiate(r *http.Request) string {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return mediaJSON
	}
	json, response := preference(accept, mediaJSON), preference(accept, mediaGraphQLResponse)
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

// An accepted says how welcome a media type is, and whether by its name.
type accepted struct {
	quality float64
	named   bool
}

// preference finds the most specific range of accept that covers media.
func preference(accept, media string) (best accepted) {
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
		specific, best = s, accepted{quality: 1, named: s == 3}
		if q, given := params["q"]; given {
			if best.quality, err = strconv.ParseFloat(q, 64); err != nil || !(best.quality >= 0 && best.quality <= 1) {
				best.quality = 0
			}
		}
	}
	return best
}

// mediaType is mime.ParseMediaType without its cost where a type comes without parameters. What
// is no type then looks like one that nobody asks for.
func mediaType(v string) (kind string, params map[string]string, err error) {
	if strings.Contains(v, ";") {
		return mime.ParseMediaType(v)
	}
	return strings.ToLower(strings.TrimSpace(v)), nil, nil
}

// isJSON reports whether the body of r says to be JSON in UTF-8. Nothing else is read: a form
// can't send it, so it can't come from another site unasked.
func isJSON(r *http.Request) bool {
	kind, params, err := mediaType(r.Header.Get("Content-Type"))
	charset := params["charset"]
	return err == nil && kind == mediaJSON && (charset == "" || strings.EqualFold(charset, "utf-8"))
}
