package server

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/company-a/aside/db/dbtest"
)

// The dashboard and the alert rules name metrics that a node has, and routes.
func TestDashboardAndAlertsNameRealMetrics(t *testing.T) {
	m := newMetrics(dbtest.New(t).DB)
	m.duration.WithLabelValues("/graphql", "200").Observe(1)
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, f := range families {
		known[f.GetName()] = true
	}
	suffix, routes := regexp.MustCompile(`_(bucket|count|sum)$`), regexp.MustCompile(`route=\\?"(/[^"\\]+)`)
	for _, name := range []string{"dashboard.json", "alerts.yaml"} {
		text, err := os.ReadFile("../../docs/monitoring/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var content any
		if name == "alerts.yaml" {
			err = yaml.Unmarshal(text, &content)
		} else {
			err = json.Unmarshal(text, &content)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		found := regexp.MustCompile(`\b(aside|process)_\w+`).FindAllString(string(text), -1)
		for _, metric := range found {
			if !known[metric] && !known[suffix.ReplaceAllString(metric, "")] {
				t.Errorf("%s names %s, which no node has", name, metric)
			}
		}
		for _, r := range routes.FindAllStringSubmatch(string(text), -1) {
			if got := route(r[1]); got != r[1] {
				t.Errorf("%s names the route %s, which is measured as %s", name, r[1], got)
			}
		}
		if len(found) < 6 {
			t.Errorf("%s names only %q", name, found)
		}
	}
}
