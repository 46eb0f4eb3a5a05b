package graph

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/company-a/aside/auth/strictjson"
	"github.com/company-a/aside/db"
)

// A request is the body of a POST (GraphQL over HTTP, "Request parameters").
type request struct {
	Query         string
	DocumentID    string // the id of a trusted document, in place of Query
	OperationName string
	Variables     map[string]any // whole numbers are int64, others float64
}

// decodeRequest decodes a body strictly: it must be one JSON object in UTF-8 with the keys and types of the specification, and
// have each key at most once. Null means the same as a missing key. It returns BAD_USER_INPUT for anything else.
func decodeRequest(body []byte) (request, error) {
	var r request
	switch {
	case !utf8.Valid(body):
		return r, badRequest("body", "The body is not UTF-8.")
	case !json.Valid(body):
		return r, badRequest("body", "The body is not one JSON value.")
	}
	body = bytes.Trim(replaceUnpairedSurrogates(body), jsonSpace)
	if body[0] != '{' {
		return r, badRequest("body", "The body must be a JSON object.")
	}
	var seen [len(requestKeys)]bool
	for rest := skipSpace(body[1:], ""); rest[0] != '}'; rest = skipSpace(rest, ",") {
		var key, value []byte
		key, rest = cutValue(rest)
		value, rest = cutValue(skipSpace(rest, ":"))
		known := requestKey(key)
		if known < 0 {
			return r, badRequest("body", "The body has an unknown key. The keys are query, documentId, operationName, variables and extensions.")
		}
		if seen[known] {
			return r, badRequest("body", "The body has the same key twice.")
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
		return r, badRequest("documentId", "Send query or documentId, not both.")
	}
	return r, nil
}

var requestKeys = [...]string{"query", "operationName", "variables", "extensions", "documentId"}

// requestKey returns the index of a quoted JSON key in requestKeys, or -1 if the key is unknown.
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

// decode decodes the value of one key.
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
			r.Variables[name] = convertNumbers(v)
		}
	default: // extensions: ignored, but a client may send them
		err = json.Unmarshal(value, &map[string]any{})
	}
	if err != nil {
		return badRequest(key, "The type is wrong: query, documentId and operationName are strings, variables and extensions are objects.")
	}
	return nil
}

// replaceUnpairedSurrogates replaces each escape of an unpaired surrogate with \u0000. checkInputTexts refuses that character
// and names the field. Otherwise json.Unmarshal would silently replace the surrogate with U+FFFD and change a note.
func replaceUnpairedSurrogates(valid []byte) []byte {
	copied := false
	for at := 0; ; {
		next := strictjson.UnpairedSurrogate(valid[at:])
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

// skipSpace removes white space and the characters in also from the start of valid JSON.
func skipSpace(valid []byte, also string) []byte { return bytes.TrimLeft(valid, jsonSpace+also) }

// cutValue splits valid JSON after its first value, which must be at the very start.
func cutValue(valid []byte) (value, rest []byte) {
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
			if depth == 0 { // after a number or literal
				return valid[:i], valid[i:]
			}
			continue
		default:
			continue
		}
		switch depth {
		case 0: // after a string, array or object
			return valid[:i+1], valid[i+1:]
		case -1: // the end of the object that holds a number or literal
			return valid[:i], valid[i:]
		}
	}
	return valid, nil
}

// convertNumbers returns v with each json.Number as an int64 or a float64. The kind of a json.Number is string, so gqlgen
// would accept it for a String.
func convertNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return i
		}
		f, _ := v.Float64() // if out of range, f is infinite, which no type of the schema accepts
		if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return int64(f) // 1.0 is an Int (GraphQL §3.5.1)
		}
		return f
	case map[string]any:
		for k := range v {
			v[k] = convertNumbers(v[k])
		}
	case []any:
		for i := range v {
			v[i] = convertNumbers(v[i])
		}
	}
	return v
}

// maxBody is the size of the largest request, in bytes: the largest note with every character escaped, and 32 KiB for
// the rest.
var maxBody = largestNote(db.DefaultLimits) + 32<<10

// maxSealedBody is that of an account with end-to-end encryption: the largest one in base64url, and 32 KiB.
var maxSealedBody = int64(db.DefaultLimits.SealedSize)*4/3 + 32<<10

// bodyLimit returns the size of the largest request of a session.
func bodyLimit(s *db.Session) int64 {
	if s.Sealing == "" || s.Sealing == db.SealingServer { // nobody is signed in, or nothing is encrypted
		return maxBody
	}
	return max(maxBody, maxSealedBody)
}

// largestNote returns how many bytes of JSON a note can take. With every character escaped (RFC 8259 §7), a byte of UTF-8
// takes up to 6 bytes and a character up to 12.
func largestNote(l db.Limits) int64 {
	return int64(6*l.BodySize + 12*l.TitleLength + l.Tags*(12*l.TagLength+4))
}
