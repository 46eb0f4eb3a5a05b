// Package strictjson reads JSON that every reader understands in the same way. Signed and
// security-relevant documents go through it before anything in them is believed: one reader may
// take the first of two members with the same name and another reader the last, and an attacker
// can use the difference.
//
// It keeps names and numbers as they are written and maps nothing to Go structs. It must not
// become a general JSON library.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

const maxDepth = 16 // of nested objects and arrays

// Object reads b as one JSON object. It returns an error for anything that two readers could
// understand differently: text that is not UTF-8, a member that appears twice at any level (RFC
// 7519 §4, RFC 7515 §4), an unpaired surrogate (RFC 8259 §8.2), or data after the object.
// Names keep their case, and numbers are json.Number. The error completes a sentence about the
// document, such as "the header is invalid: it is not JSON", and contains at most a member's name.
func Object(b []byte) (map[string]any, error) {
	if !utf8.Valid(b) {
		return nil, errors.New("it is not UTF-8")
	}
	if !json.Valid(b) {
		return nil, errNotJSON
	}
	if UnpairedSurrogate(b) >= 0 {
		return nil, errors.New("a string in it has an unpaired surrogate")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	v, err := value(d, 0)
	if err != nil {
		return nil, err
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errNotObject
	}
	return object, nil
}

// Members returns the members of a JSON object with their values as written, so that a caller
// can read each value by itself and skip an invalid one. Each name must appear once; nothing
// else is checked. Its error is like Object's.
func Members(b []byte) (map[string]json.RawMessage, error) {
	if !json.Valid(b) {
		return nil, errNotJSON
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errNotObject
	}
	return members(d, func() (value json.RawMessage, err error) { return value, d.Decode(&value) })
}

var (
	errNotJSON   = errors.New("it is not JSON")
	errNotObject = errors.New("it is not a JSON object")
)

// value reads the next value of valid JSON.
func value(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errors.New("it is nested too deeply")
	}
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return members(d, func() (any, error) { return value(d, depth+1) })
	case json.Delim('['):
		array := []any{}
		for d.More() {
			v, err := value(d, depth+1)
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

// members reads the rest of an object after its opening brace. next reads one value.
func members[V any](d *json.Decoder, next func() (V, error)) (map[string]V, error) {
	object := map[string]V{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		name := token.(string) // in valid JSON, a name is a string
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("it has %s twice", quoted(name))
		}
		if object[name], err = next(); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return object, err
}

// quoted returns a name in quotes, at most 80 characters of it.
func quoted(name string) string {
	if runes := []rune(name); len(runes) > 80 {
		name = string(runes[:80]) + "…"
	}
	return fmt.Sprintf("%q", name)
}
