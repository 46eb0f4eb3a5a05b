package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/company-a/aside/internal/secret"
)

func TestTheConfigurationPrintsNoSecret(t *testing.T) {
	const canary = "canary-of-a-secret"
	config := Serve{databaseFlags: databaseFlags{DatabaseURL: secret.Of(canary), MasterKey: secret.Of(canary)}}
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		fmt.Fprintf(&b, verb+verb+"\n", config, &config)
	}
	if err := json.NewEncoder(&b).Encode(config); err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "config", config, "pointer", &config)
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary)} {
		if strings.Contains(b.String(), form) {
			t.Errorf("it is in %s", b.String())
		}
	}
}
