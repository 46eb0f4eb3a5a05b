package command

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/configuration.md")

// docs/configuration.md is generated from the structs that read the configuration.
func TestConfigurationIsDocumented(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("# Configuration\n\nFlags of `aside serve`, or environment variables. A wrong value is refused at start, with a message that says what to write instead.\n\n" +
		"| flag | environment | default | what |\n| --- | --- | --- | --- |\n")
	for field := range fields(reflect.TypeFor[Serve]()) {
		fallback := field.Tag.Get("default")
		switch {
		case strings.HasPrefix(fallback, "$"):
			fallback = ""
		case fallback != "":
			fallback = "`" + fallback + "`"
		case field.Type.Kind() == reflect.Bool:
			fallback = "`false`"
		}
		name := field.Tag.Get("name")
		if name == "" {
			name = kebab(field.Name)
		}
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", name, field.Tag.Get("env"), fallback, field.Tag.Get("help"))
	}
	b.WriteString("\n`make run` sets `ASIDE_DEMO=true` and `ASIDE_GRAPHQL_OPEN=true`.\n")
	const file = "../../docs/configuration.md"
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Errorf("%s is out of date: go test ./internal/command -run Documented -update", file)
	}
}

func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for _, f := range reflect.VisibleFields(t) {
			if !f.Anonymous && !yield(f) {
				return
			}
		}
	}
}

func kebab(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

func TestWrongConfigurationIsRefused(t *testing.T) {
	const key = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="
	t.Setenv("PGSERVICE", "") // restores it after the test; it would add to the URL
	if err := os.Unsetenv("PGSERVICE"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"an address without a port":       {[]string{"--listen", "localhost"}, "write host:port"},
		"an origin with a path":           {[]string{"--origin", "https://a.example/x"}, "have a path"},
		"http on the internet":            {[]string{"--origin", "http://a.example"}, "Use https"},
		"an origin not as browsers say":   {[]string{"--frame-origin", "https://A.example:443"}, "write it as https://a.example"},
		"idle beyond the lifetime":        {[]string{"--session-idle", "13h"}, "--session-idle"},
		"a contact without a scheme":      {[]string{"--contact", "help@aside.example"}, "mailto:help@aside.example"},
		"a contact that is a script":      {[]string{"--contact", "javascript:alert(1)//@"}, "https or mailto"},
		"no streams":                      {[]string{"--streams", "0"}, "--streams"},
		"two keys":                        {[]string{"--master-key", key, "--master-key-file", "x"}, "not both"},
		"a database without a key":        {[]string{"--database-url", "postgres://127.0.0.1:1/x"}, "ASIDE_MASTER_KEY"},
		"a short key":                     {[]string{"--database-url", "postgres://127.0.0.1:1/x", "--master-key", "YWFh"}, "32 bytes"},
		"a flag that does not exist":      {[]string{"--lissten", "x"}, "lissten"},
		"a database that does not answer": {[]string{"--database-url", "postgres://127.0.0.1:1/x", "--master-key", key}, "does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if status := Run(t.Context(), &struct {
				Serve Serve `cmd:""`
			}{}, append([]string{"serve", "--data-dir", t.TempDir()}, c.args...), &stdout, &stderr); status == 0 {
				t.Error("it starts")
			}
			if !strings.Contains(stderr.String(), c.says) || stdout.Len() != 0 {
				t.Errorf("it says %q and %q", stdout.String(), stderr.String())
			}
		})
	}
}
