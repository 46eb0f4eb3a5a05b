package db_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/secret"
)

func TestASharedSecretCannotPrintItself(t *testing.T) {
	const canary = "canary-of-a-shared-secret"
	key := db.AssertionKey{TenantKey: "t_shop", Secret: secret.Key(canary)}
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, v := range []any{key.Secret, key, &key, []db.AssertionKey{key}, fmt.Errorf("wrapped: %v", key)} {
			fmt.Fprintf(&b, verb+"\n", v)
		}
	}
	for _, v := range []any{key.Secret, key, &key} {
		if err := json.NewEncoder(&b).Encode(v); err != nil {
			t.Fatal(err)
		}
		for _, handler := range []slog.Handler{slog.NewJSONHandler(&b, nil), slog.NewTextHandler(&b, nil)} {
			slog.New(handler).Info("x", "key", v)
		}
	}
	encoded, err := json.Marshal([]byte(canary))
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprintf("%d", []byte(canary)), string(encoded)} {
		if strings.Contains(b.String(), form) {
			t.Errorf("%s is in %s", form, b.String())
		}
	}
	if !strings.Contains(b.String(), "t_shop") {
		t.Error("nothing of the key was printed at all")
	}
}
