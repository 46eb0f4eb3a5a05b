package strictjson_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/strictjson"
)

func TestObject(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                                  `{}`,
		` {"a":1,"A":2} `:                     `{"A":2,"a":1}`,
		`{"a":1e2,"b":[true,null,{"c":"d"}]}`: `{"a":1e2,"b":[true,null,{"c":"d"}]}`,
		`{"a":"\ud83d\ude00"}`:                `{"a":"😀"}`,
	} {
		object, err := strictjson.Object([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, _ := json.Marshal(object); string(got) != want {
			t.Errorf("%s is read as %s, want %s", text, got, want)
		}
	}
}

func TestAmbiguousJSONIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "it is not JSON",
		`[]`:                          "it is not a JSON object",
		`null`:                        "it is not a JSON object",
		`{} {}`:                       "it is not JSON",
		"{\"a\":\"\xff\"}":            "it is not UTF-8",
		"\ufeff{}":                    "it is not JSON",
		`{"a":1,"a":2}`:               `it has "a" twice`,
		`{"a":1,"\u0061":2}`:          `it has "a" twice`,
		`{"x":[{"y":{"z":1,"z":2}}]}`: `it has "z" twice`,
		`{"a":"\ud800"}`:              "a string in it has an unpaired surrogate",
		`{"\udc00":1}`:                "a string in it has an unpaired surrogate",
		`{"a":"\udc00\ud800"}`:        "a string in it has an unpaired surrogate",
		strings.Repeat(`{"a":`, 20) + `1` + strings.Repeat(`}`, 20): "it is nested too deeply",
	} {
		if object, err := strictjson.Object([]byte(text)); fmt.Sprint(err) != want {
			t.Errorf("%q: %v, %v; want %s", text, object, err, want)
		}
	}
}

func TestMembers(t *testing.T) {
	members, err := strictjson.Members([]byte(`{"keys": [ {"a":1,"a":2} ], "x": 1.50}`))
	if err != nil || string(members["keys"]) != `[ {"a":1,"a":2} ]` || string(members["x"]) != `1.50` {
		t.Errorf("%s, %v", members, err)
	}
	for text, want := range map[string]string{
		`{"a":1,"a":2}`: `it has "a" twice`, `[]`: "it is not a JSON object", `{`: "it is not JSON",
	} {
		if _, err := strictjson.Members([]byte(text)); fmt.Sprint(err) != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestUnpairedSurrogate(t *testing.T) {
	for text, want := range map[string]int{
		`"x"`: -1, `"\ud83d\ude00"`: -1, `"\\ud800"`: -1, `"\ud800"`: 1, `"a\udc00"`: 2, `"\ud83d\ude00\ud83d"`: 13, `"\ud83dx"`: 1,
	} {
		if got := strictjson.UnpairedSurrogate([]byte(text)); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

// What Object accepts reads the same to package json.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{
		`{"sub":"joe","sub":"eve"}`, `{"a":{"b":[{"c":1,"c":2}]}}`, `{"a":"\ud800"}`, `{"a":"\ud83d\ude00\\ud800"}`, `{"a":1e309}`,
		`{"\u0061":1,"a":2}`, strings.Repeat("[", 100), `{"exp":-0}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		object, err := strictjson.Object(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(object)
		if err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		var ours, others any
		if json.Unmarshal(again, &ours) == nil && json.Unmarshal(b, &others) == nil {
			x, _ := json.Marshal(ours)
			y, _ := json.Marshal(others)
			if !bytes.Equal(x, y) {
				t.Errorf("%q is read as %s, by others as %s", b, x, y)
			}
		}
	})
}
