package graph

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"unicode/utf8"
)

// A request is the body of a POST (GraphQL over HTTP, "Request parameters").
type request struct {
	Query         string
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
	if !utf8.Valid(body) {
		return r, badRequest("body", "The body is not UTF-8.")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return r, badRequest("body", "The body is one JSON object.")
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return r, badRequest("body", "The body is not JSON.")
		}
		if seen[key] {
			return r, badRequest("body", "A key is in the body twice.")
		}
		seen[key] = true
		if err := r.decode(d, key); err != nil {
			return r, err
		}
	}
	if _, err := d.Token(); err != nil {
		return r, badRequest("body", "The body is not JSON.")
	}
	if _, err := d.Token(); err != io.EOF {
		return r, badRequest("body", "Something follows the JSON object.")
	}
	if r.Query == "" {
		return r, badRequest("query", "The query is missing.")
	}
	return r, nil
}

// decode reads the value of one key.
func (r *request) decode(d *json.Decoder, key string) error {
	switch key {
	case "query":
		return decodeInto(d, key, &r.Query)
	case "operationName":
		return decodeInto(d, key, &r.OperationName)
	case "extensions": // none is known; a client may send some all the same
		return decodeInto(d, key, &map[string]any{})
	case "variables":
		if err := decodeInto(d, key, &r.Variables); err != nil {
			return err
		}
		for name, v := range r.Variables {
			r.Variables[name] = numbered(v)
		}
		return nil
	}
	return badRequest("body", "The body has a key that is none of query, operationName, variables and extensions.")
}

func decodeInto(d *json.Decoder, key string, into any) error {
	if err := d.Decode(into); err != nil {
		return badRequest(key, "This is not of the right type, or not JSON: query and operationName are strings, variables and extensions objects.")
	}
	return nil
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
