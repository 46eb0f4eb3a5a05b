package auth

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain reports whether a text can be kept, logged and shown as it is: it is UTF-8 without control
// characters. PostgreSQL keeps no NUL at all.
func plain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// errNotPlain is the refusal of a parameter that is not plain.
func errNotPlain(name string) error {
	return badRequest("The parameter " + quoteName(name) + " is not plain text. Send UTF-8 without control characters.")
}

// readJSON reads a body, at most limit bytes of one JSON object, into v: strictly, and with every text
// in it checked, at any depth. It returns io.EOF for an empty body, and a refusal for what is wrong.
func readJSON(w http.ResponseWriter, r *http.Request, limit int64, v any) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return badRequest("The body cannot be read, or is too large.")
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return io.EOF
	}
	object, err := parseObject(body)
	if err != nil {
		return badRequest("The body must be one JSON object in UTF-8.")
	}
	if name, ok := plainValue("", object); !ok {
		return errNotPlain(name)
	}
	if err := json.Unmarshal(body, v); err != nil {
		return badRequest("A value in the body has the wrong type.")
	}
	return nil
}

// plainValue checks every text in a JSON value. It gives the name of the first that is not plain.
func plainValue(name string, v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return name, plain(v)
	case map[string]any:
		for key, inner := range v {
			if !plain(key) {
				return name, false
			}
			if at, ok := plainValue(key, inner); !ok {
				return at, false
			}
		}
	case []any:
		for _, inner := range v {
			if at, ok := plainValue(name, inner); !ok {
				return at, false
			}
		}
	}
	return "", true
}
