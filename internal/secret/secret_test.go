package secret

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// Alone, in a struct's exported or unexported field, behind a pointer, in a slice, as a map's key or value.
func TestASecretCannotPrintItself(t *testing.T) {
	const canary = "canary-of-a-secret"
	s := Of(canary)
	type holder struct {
		Secret Text
		secret Text
		Next   *Text
		List   []Text
		Values map[string]Text
	}
	h := holder{s, s, &s, []Text{s}, map[string]Text{"x": s}}
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p", "%c", "%U"} {
		for _, v := range []any{s, &s, h, &h, []any{s, h}, map[Text]holder{s: h}, fmt.Errorf("wrapped: %v", s)} {
			fmt.Fprintf(&b, verb+"\n", v)
		}
	}
	fmt.Fprintln(&b, s, &s, h, &h)
	for _, v := range []any{s, &s, h, &h, map[string]any{"x": h}, map[Text]int{s: 1}} {
		if err := json.NewEncoder(&b).Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := xml.NewEncoder(&b).Encode(s); err != nil {
		t.Fatal(err)
	}
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&b, nil), slog.NewTextHandler(&b, nil)} {
		slog.New(handler).Info("x", "secret", s, "pointer", &s, "holder", h, "behind", &h, slog.Group("g", "secret", s))
	}
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprintf("%d", []byte(canary)), fmt.Sprintf("%q", canary[:6])} {
		if strings.Contains(b.String(), form) {
			t.Errorf("it is in %s", b.String())
		}
	}
}

func TestASecretIsRead(t *testing.T) {
	const canary = "canary-of-a-secret"
	var sent struct{ Secret Text }
	if err := json.Unmarshal([]byte(`{"secret": "`+canary+`"}`), &sent); err != nil || sent.Secret.Reveal() != canary {
		t.Errorf("another secret is read: %v", err)
	}
	if err := json.Unmarshal([]byte(`{"secret": {}}`), &sent); err == nil {
		t.Error("an object is read as a secret")
	}
	if one, other := New(), New(); one.Reveal() == other.Reveal() || len(one.Reveal()) < 43 {
		t.Error("a new secret can be guessed")
	}
	if none := (Text{}); none.Reveal() != "" || !none.Empty() || Of("x").Empty() {
		t.Error("an empty secret is not empty, or the other way around")
	}
}
