package auth

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/company-a/aside/auth/strictjson"
)

// isPlain reports whether a text can be stored, logged and shown: it is UTF-8 without control
// characters. PostgreSQL can't store a NUL.
func isPlain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// errNotPlain refuses a parameter that is not plain text.
func errNotPlain(name string) error {
	return badRequest("The parameter " + quoteName(name) + " is not plain text. Send UTF-8 without control characters.")
}

// readJSON reads the body of r, one JSON object of at most limit bytes, into v. It refuses JSON that
// strictjson refuses, and any string that is not plain. It returns io.EOF for an empty body.
func readJSON(w http.ResponseWriter, r *http.Request, limit int64, v any) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return badRequest("The body can't be read, or is too large.")
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return io.EOF
	}
	object, err := strictjson.Object(body)
	if err != nil {
		return badRequest("The body must be one JSON object in UTF-8.")
	}
	if name, ok := arePlain("", object); !ok {
		return errNotPlain(name)
	}
	if err := json.Unmarshal(body, v); err != nil {
		return badRequest("A value in the body has the wrong type.")
	}
	return nil
}

// arePlain checks every string in a JSON value. If one is not plain, it returns its name and false.
func arePlain(name string, v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return name, isPlain(v)
	case map[string]any:
		for key, inner := range v {
			if !isPlain(key) {
				return name, false
			}
			if at, ok := arePlain(key, inner); !ok {
				return at, false
			}
		}
	case []any:
		for _, inner := range v {
			if at, ok := arePlain(name, inner); !ok {
				return at, false
			}
		}
	}
	return "", true
}

const maxFormBody = 16 << 10

// readForm reads the parameters of a request to an OAuth endpoint, from the body alone and each at
// most once (RFC 6749 §3.2). All clients are public. A client that authenticates itself is refused,
// since a secret in a browser is not secret.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return nil, badRequest("Send the parameters as application/x-www-form-urlencoded.")
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxFormBody)
	if err := r.ParseForm(); err != nil {
		return nil, badRequest("The parameters can't be read.")
	}
	for name, values := range r.PostForm {
		if len(values) > 1 {
			return nil, badRequest("The parameter " + quoteName(name) + " appears twice.")
		}
		if !isPlain(name) || !isPlain(values[0]) {
			return nil, errNotPlain(name)
		}
	}
	if r.PostForm.Has("client_secret") || r.PostForm.Has("client_assertion") || r.Header.Get("Authorization") != "" {
		return nil, refuse(http.StatusUnauthorized, "invalid_client", "Clients are public: a browser can't keep a secret. Send only client_id.")
	}
	return r.PostForm, nil
}

// quoteName returns a parameter's name if it looks like one.
func quoteName(name string) string {
	if regexp.MustCompile(`^[a-z_]{1,40}$`).MatchString(name) {
		return name
	}
	return "with an invalid name"
}
