package graph

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/company-a/aside/auth"
)

// A request is the body of a POST (GraphQL over HTTP, "Request parameters").
type request struct {
	Query         string
	DocumentID    string // of a trusted document, in place of its text
	OperationName string
	Variables     map[string]any // a whole number is an int64, another a float64
}

// What of a body is wrong is said without repeating any of it: it may be a note.
func badRequest(field, message string) error {
	return &refusal{Code: BadUserInput, Field: field, Message: message}
}

// decodeRequest reads a body strictly: one JSON object in UTF-8 with the specification's keys,
// each at most once, of the specification's types, and nothing after it. Null is as good as
// left out. Its errors are BAD_USER_INPUT.
func decodeRequest(body []byte) (request, error) {
	var r request
	switch {
	case !utf8.Valid(body):
		return r, badRequest("body", "The body is not UTF-8.")
	case !json.Valid(body):
		return r, badRequest("body", "The body is not JSON, or more than one value of it.")
	}
	body = bytes.Trim(nulForHalves(body), jsonSpace)
	if body[0] != '{' {
		return r, badRequest("body", "The body is one JSON object.")
	}
	var seen [len(requestKeys)]bool
	for rest := skip(body[1:], ""); rest[0] != '}'; rest = skip(rest, ",") {
		var key, value []byte
		key, rest = cut(rest)
		value, rest = cut(skip(rest, ":"))
		known := requestKey(key)
		if known < 0 {
			return r, badRequest("body", "The body has a key that is none of query, documentId, operationName, variables and extensions.")
		}
		if seen[known] {
			return r, badRequest("body", "A key is in the body twice.")
		}
		seen[known] = true
		if err := r.decode(requestKeys[known], value); err != nil {
			return r, err
		}
	}
	switch {
	case r.Query == "" && r.DocumentID == "":
		return r, badRequest("query", "The query is missing.")
	case r.Query != "" && r.DocumentID != "":
		return r, badRequest("documentId", "Send a document or the id of one, not both.")
	}
	return r, nil
}

var requestKeys = [...]string{"query", "operationName", "variables", "extensions", "documentId"}

// requestKey gives the index of a key as it is written, -1 if it is none of the specification's.
func requestKey(written []byte) int {
	if bytes.IndexByte(written, '\\') >= 0 {
		var key string
		if json.Unmarshal(written, &key) != nil {
			return -1
		}
		return slices.Index(requestKeys[:], key)
	}
	return slices.Index(requestKeys[:], string(written[1:len(written)-1]))
}

// decode reads the value of one key.
func (r *request) decode(key string, value []byte) (err error) {
	switch key {
	case "query":
		err = json.Unmarshal(value, &r.Query)
	case "operationName":
		err = json.Unmarshal(value, &r.OperationName)
	case "documentId":
		err = json.Unmarshal(value, &r.DocumentID)
	case "variables":
		d := json.NewDecoder(bytes.NewReader(value))
		d.UseNumber()
		err = d.Decode(&r.Variables)
		for name, v := range r.Variables {
			r.Variables[name] = numbered(v)
		}
	default: // no extension is known; a client may send some all the same
		err = json.Unmarshal(value, &map[string]any{})
	}
	if err != nil {
		return badRequest(key, "This is not of the right type: query, documentId and operationName are strings, variables and extensions objects.")
	}
	return nil
}

// nulForHalves writes a NUL in place of each escape that is half a character, so that it is refused by
// name where a text is expected. Decoded as it is, it would turn into U+FFFD, and a note into another one.
func nulForHalves(valid []byte) []byte {
	copied := false
	for at := 0; ; {
		next := auth.UnpairedSurrogate(valid[at:])
		if next < 0 {
			return valid
		}
		if !copied {
			valid, copied = bytes.Clone(valid), true
		}
		at += next
		at += copy(valid[at:], `\u0000`)
	}
}

const jsonSpace = " \t\r\n"

// skip leaves out the spaces that valid JSON starts with, and what stands among them.
func skip(valid []byte, what string) []byte { return bytes.TrimLeft(valid, jsonSpace+what) }

// cut gives the value that valid JSON starts with, and what follows it.
func cut(valid []byte) (value, rest []byte) {
	depth := 0
	for i := 0; i < len(valid); i++ {
		switch valid[i] {
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		case '"':
			for i++; valid[i] != '"'; i++ {
				if valid[i] == '\\' {
					i++
				}
			}
		case ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 { // behind a number or a name
				return valid[:i], valid[i:]
			}
			continue
		default:
			continue
		}
		switch depth {
		case 0: // a string, or the end of a list or an object
			return valid[:i+1], valid[i+1:]
		case -1: // the end of the object that a number or a name is in
			return valid[:i], valid[i:]
		}
	}
	return valid, nil
}

// numbered gives v with its numbers as Go has them. A json.Number is a string to whoever looks
// at its kind, and would pass for a String.
func numbered(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return i
		}
		f, _ := v.Float64() // beyond its range an infinity, which no type of the schema takes
		if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return int64(f) // 1.0 is an Int (GraphQL §3.5.1)
		}
		return f
	case map[string]any:
		for k := range v {
			v[k] = numbered(v[k])
		}
	case []any:
		for i := range v {
			v[i] = numbered(v[i])
		}
	}
	return v
}
