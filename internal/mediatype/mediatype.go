package mediatype

import (
	"mime"
	"strconv"
	"strings"
)

// JSON is the media type of JSON.
const JSON = "application/json"

// A Preference is how much a request prefers a media type.
type Preference struct {
	Quality float64 // from 0, "not acceptable", to 1
	Named   bool    // and not only covered by a wildcard
}

// PreferenceFor returns the preference that the most specific range of an Accept header has for media (RFC 9110 §12.5.1).
func PreferenceFor(accept, media string) (best Preference) {
	specific := 0
	for part := range strings.SplitSeq(accept, ",") {
		kind, params, err := parse(part)
		if err != nil {
			continue
		}
		s := 0
		switch kind {
		case media:
			s = 3
		case media[:strings.Index(media, "/")] + "/*":
			s = 2
		case "*/*":
			s = 1
		}
		if s <= specific {
			continue
		}
		specific, best = s, Preference{Quality: 1, Named: s == 3}
		if q, given := params["q"]; given {
			if best.Quality, err = strconv.ParseFloat(q, 64); err != nil || !(best.Quality >= 0 && best.Quality <= 1) {
				best.Quality = 0
			}
		}
	}
	return best
}

// IsJSON reports whether a Content-Type is JSON in UTF-8. A form cannot send it, so another site cannot send a request of
// this type without a CORS preflight.
func IsJSON(contentType string) bool {
	kind, params, err := parse(contentType)
	charset := params["charset"]
	return err == nil && kind == JSON && (charset == "" || strings.EqualFold(charset, "utf-8"))
}

// parse is mime.ParseMediaType with a fast path for types without parameters. The fast path does not check the
// syntax: an invalid type matches none of ours.
func parse(v string) (kind string, params map[string]string, err error) {
	if strings.Contains(v, ";") {
		return mime.ParseMediaType(v)
	}
	return strings.ToLower(strings.TrimSpace(v)), nil, nil
}
