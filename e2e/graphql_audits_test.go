package e2e

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// The server passes the audits of graphql-http for GraphQL over HTTP, both the required and the recommended ones.
func TestGraphQLOverHTTPAudits(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	command := exec.CommandContext(t.Context(), "node", "audits.mjs", a.frame+"/graphql")
	out, err := command.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, out)
	}
	passed := map[string]int{}
	for line := range bytes.Lines(out) {
		var audit struct{ Name, Status, Reason string }
		must(t, json.Unmarshal(line, &audit))
		level, _, _ := strings.Cut(audit.Name, " ")
		switch {
		case audit.Status == "ok":
			passed[level]++
		case level != "MAY":
			t.Errorf("%s: %s", audit.Name, audit.Reason)
		}
	}
	if passed["MUST"] != 13 || passed["SHOULD"] != 23 {
		t.Errorf("%d of 13 MUST and %d of 23 SHOULD are met", passed["MUST"], passed["SHOULD"])
	}
}
