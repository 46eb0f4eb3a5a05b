package auth

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
)

// Alone, in a struct, where its field is exported or not, behind a pointer, in a slice, as a map's key or value.
func TestSecretsAreRedacted(t *testing.T) {
	const canary = "canary-of-a-token"
	s := secretOf(canary)
	type holder struct {
		Token  secret
		token  secret
		Next   *secret
		List   []secret
		Values map[string]secret
	}
	h := holder{s, s, &s, []secret{s}, map[string]secret{"x": s}}
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p", "%c", "%U"} {
		for _, v := range []any{s, &s, h, &h, []any{s, h}, map[secret]holder{s: h}, fmt.Errorf("wrapped: %v", s)} {
			fmt.Fprintf(&b, verb+"\n", v)
		}
	}
	fmt.Fprintln(&b, s, &s, h, &h)
	for _, v := range []any{s, &s, h, &h, map[string]any{"x": h}, map[secret]int{s: 1}} {
		if err := json.NewEncoder(&b).Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := xml.NewEncoder(&b).Encode(s); err != nil {
		t.Fatal(err)
	}
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&b, nil), slog.NewTextHandler(&b, nil)} {
		slog.New(handler).Info("x", "token", s, "pointer", &s, "holder", h, "behind", &h, slog.Group("g", "token", s))
	}
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprintf("%q", canary[:6])} {
		if strings.Contains(b.String(), form) {
			t.Errorf("it is in %s", b.String())
		}
	}

	var sent struct{ Token secret }
	if err := json.Unmarshal([]byte(`{"token": "`+canary+`"}`), &sent); err != nil || sent.Token.reveal() != canary || sent.Token.hash() != db.HashToken(canary) {
		t.Errorf("what is sent is read as another: %v", err)
	}
	one, other := newSecret(), newSecret()
	if none := (secret{}); none.reveal() != "" || !none.empty() || one.reveal() == other.reveal() {
		t.Error("none is some, or two are one")
	}
}
