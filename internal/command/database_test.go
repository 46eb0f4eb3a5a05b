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

// Every command that uses the database refuses two master keys, as serve does.
func TestTwoMasterKeysAreRefused(t *testing.T) {
	for _, args := range [][]string{{"tenant", "list"}, {"user", "show", "x"}, {"keys", "rotate"}, {"backup", "x"}, {"restore", "x"}, {"verify"}, {"migrate"}} {
		var tree struct {
			Tenant  Tenant  `cmd:""`
			User    User    `cmd:""`
			Keys    Keys    `cmd:""`
			Backup  Backup  `cmd:""`
			Restore Restore `cmd:""`
			Verify  Verify  `cmd:""`
			Migrate Migrate `cmd:""`
		}
		var stdout, stderr bytes.Buffer
		if status := Run(t.Context(), &tree, append(args, "--master-key", "x", "--master-key-file", "y"), &stdout, &stderr); status != 2 || !strings.Contains(stderr.String(), "not both") {
			t.Errorf("aside %s: status %d: %s", args, status, &stderr)
		}
	}
}
