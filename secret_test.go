package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestASecretCannotPrintItself(t *testing.T) {
	const canary = "canary-of-a-secret"
	config := serveConfig{databaseConfig: databaseConfig{DatabaseURL: canary, MasterKey: canary}}
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		fmt.Fprintf(&b, verb+verb+verb+"\n", config, &config, config.MasterKey)
	}
	fmt.Fprintln(&b, config, config.MasterKey)
	if err := json.NewEncoder(&b).Encode(config); err != nil {
		t.Fatal(err)
	}
	for _, h := range []slog.Handler{slog.NewJSONHandler(&b, nil), slog.NewTextHandler(&b, nil)} {
		slog.New(h).Info("x", "config", config, "pointer", &config, "key", config.MasterKey)
	}
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary)} {
		if strings.Contains(b.String(), form) {
			t.Errorf("it is in %s", b.String())
		}
	}
}
