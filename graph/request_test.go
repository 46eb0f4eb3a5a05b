package graph

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestDecodeRequest(t *testing.T) {
	for body, want := range map[string]request{
		`{"query": "{a}"}`: {Query: "{a}"},
		"\t{\n\"variables\" : {\"a\": \"}\\\",\"} ,\r\n\"qu\\u0065ry\":\"{a}\\u007d\"\n}\n":        {Query: "{a}}", Variables: map[string]any{"a": `}",`}},
		` {"operationName": null, "query": "{a}", "variables": null, "extensions": null} `:         {Query: "{a}"},
		`{"query": "{a}", "operationName": "A", "extensions": {"x": [1]}, "variables": {"n": {}}}`: {Query: "{a}", OperationName: "A", Variables: map[string]any{"n": map[string]any{}}},
		`{"query": "{a}", "variables": {"i": 7, "f": 7.5, "w": 7.0, "l": [1, {"x": -2}], "s": "7", "big": 1e400}}`: {Query: "{a}", Variables: map[string]any{
			"i": int64(7), "f": 7.5, "w": int64(7), "l": []any{int64(1), map[string]any{"x": int64(-2)}}, "s": "7", "big": math.Inf(1)}},
	} {
		if got, err := decodeRequest([]byte(body)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\ngave %#v, %v\nwanted %#v", body, got, err, want)
		}
	}
}

// Each body contains "canary", as a note might, and the error must not repeat it.
func TestDecodeRequestRefuses(t *testing.T) {
	for body, field := range map[string]string{
		``:                 "body",
		`canary`:           "body",
		`["canary"]`:       "body",
		`"canary"`:         "body",
		`{"query": canary`: "body",
		`{"query": "{a}", "variables": {"canary": 1}`:                                                    "body",
		`{"query": "{a}"} canary`:                                                                        "body",
		`{"query": "{a}"}{"query": "{canary}"}`:                                                          "body",
		`{"query": "{a}", "query": "{canary}"}`:                                                          "body",
		`{"query": "{a}", "canary": 1}`:                                                                  "body",
		`{"query": "{a}", "Variables": {"canary": 1}}`:                                                   "body",
		`{"query": ["canary"]}`:                                                                          "query",
		`{"query": null, "operationName": "canary"}`:                                                     "query",
		`{"query": "", "operationName": "canary"}`:                                                       "query",
		`{"operationName": "canary"}`:                                                                    "query",
		`{"query": "{a}", "operationName": {"canary": 1}}`:                                               "operationName",
		`{"query": "{a}", "variables": "canary"}`:                                                        "variables",
		`{"query": "{a}", "variables": ["canary"]}`:                                                      "variables",
		`{"query": "{a}", "extensions": "canary"}`:                                                       "extensions",
		`{"query": "{canary}", "variables": ` + strings.Repeat("[", 100_000):                             "body",
		`{"query": "{a}", "variables": ` + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + `}`: "variables",
		`{"query": "{a}", "qu\u0065ry": "{canary}"}`:                                                     "body",
		`{"query": "{a}", "variables": 7}`:                                                               "variables",
		`{"variables":{},"query": "{a}", "operationName":true}`:                                          "operationName",
		"{\"query\": \"{canary \xff}\"}":                                                                 "body",
	} {
		_, err := decodeRequest([]byte(body))
		var refused *apiError
		if !errors.As(err, &refused) || refused.Code != BadUserInput || refused.Field != field || strings.Contains(err.Error(), "canary") {
			t.Errorf("%.80s\ngave %v (field %v), wanted field %s", body, err, refused, field)
		}
	}
}

// FuzzDecodeRequest looks for a body that decodes although a strict decoder refuses it, or that an error repeats.
func FuzzDecodeRequest(f *testing.F) {
	for _, seed := range []string{`{"query": "{a}"}`, `{"query": "{a}", "variables": {"a": [1.5, {"b": null}]}}`, `{"query": "{a}"} x`, `{"Query": "{a}"}`, `{`, `[]`, `{"query": "{a}",}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := decodeRequest(body)
		var read map[string]any
		if invalid := json.Unmarshal(body, &read); err == nil && (invalid != nil || r.Query == "" || r.Query != read["query"] || len(r.Variables) != length(read["variables"])) {
			t.Fatalf("%q gave %#v", body, r)
		}
		if refused := (*apiError)(nil); err != nil && (!errors.As(err, &refused) || refused.Code != BadUserInput) {
			t.Fatalf("%q gave %v", body, err)
		}
	})
}

func length(v any) int {
	m, _ := v.(map[string]any)
	return len(m)
}
