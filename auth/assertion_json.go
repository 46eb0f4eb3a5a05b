package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// How deep the objects and arrays of an assertion or a key set may nest.
const maxJSONDepth = 16

// parseObject reads a JSON object of which no two readers can think differently: in UTF-8,
// each name once at every level (RFC 7519 §4, RFC 7515 §4), no unpaired surrogates
// (RFC 8259 §8.2), nothing after it. Names are compared exactly and numbers kept as written.
func parseObject(b []byte) (map[string]any, error) {
	if !utf8.Valid(b) {
		return nil, errors.New("it is not UTF-8")
	}
	if !json.Valid(b) {
		return nil, errors.New("it is not JSON")
	}
	if UnpairedSurrogate(b) >= 0 {
		return nil, errors.New("a text in it has half of a surrogate pair")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	v, err := parseValue(d, 0)
	if err != nil {
		return nil, err
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("it is not a JSON object")
	}
	return object, nil
}

// dropNull removes optional members that are null: some libraries write what they have no value for.
func dropNull(object map[string]any, optional ...string) {
	for _, name := range optional {
		if object[name] == nil {
			delete(object, name)
		}
	}
}

// topLevel returns the members of a JSON object as they are written. It must have each once.
func topLevel(b []byte) (map[string]json.RawMessage, error) {
	if !json.Valid(b) {
		return nil, errors.New("it is not JSON")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("it is not a JSON object")
	}
	members := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		if _, twice := members[name.(string)]; twice { // a name is a string in valid JSON
			return nil, fmt.Errorf("it has %s twice", quoted(name.(string)))
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		members[name.(string)] = value
	}
	return members, nil
}

func parseValue(d *json.Decoder, depth int) (any, error) {
	if depth > maxJSONDepth {
		return nil, errors.New("it nests too deeply")
	}
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		object := map[string]any{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			if _, twice := object[name.(string)]; twice { // a name is a string in valid JSON
				return nil, fmt.Errorf("it has %s twice", quoted(name.(string)))
			}
			if object[name.(string)], err = parseValue(d, depth+1); err != nil {
				return nil, err
			}
		}
		_, err = d.Token()
		return object, err
	case json.Delim('['):
		array := []any{}
		for d.More() {
			v, err := parseValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			array = append(array, v)
		}
		_, err = d.Token()
		return array, err
	default:
		return token, nil
	}
}

// UnpairedSurrogate gives the index of the first escape in valid JSON that is half a character, -1 for
// none. Readers replace each by the same U+FFFD, whichever half it was: two names would become one.
func UnpairedSurrogate(b []byte) int {
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			continue
		}
		start := i
		i++ // at what is escaped
		if b[i] != 'u' {
			continue
		}
		first := escaped(b[i:])
		if !utf16.IsSurrogate(first) {
			i += 4 // at its last digit
			continue
		}
		i += 5 // at the next escape, if there is one
		if i+1 >= len(b) || b[i] != '\\' || b[i+1] != 'u' || utf16.DecodeRune(first, escaped(b[i+1:])) == utf8.RuneError {
			return start
		}
		i += 5 // at its last digit
	}
	return -1
}

// escaped reads uXXXX.
func escaped(b []byte) rune {
	n, _ := strconv.ParseUint(string(b[1:5]), 16, 16) // four hexadecimal digits, in valid JSON
	return rune(n)
}
