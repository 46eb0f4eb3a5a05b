package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/company-a/aside/internal/version"
)

func TestTheVersionIsAMetric(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(versionMetric(version.Info{Version: "v1.2.3", Revision: "1234", Go: "go1.26.0"}))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := families[0].String()
	for _, want := range []string{`aside_build_info`, `"v1.2.3"`, `"1234"`, `"go1.26.0"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
}

// Measuring a request does not change its answer.
func TestMeasuredRequestIsAnswered(t *testing.T) {
	h := newMetrics(nil).observe(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }), nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader("x")))
	if w.Code != http.StatusCreated {
		t.Errorf("answered %d", w.Code)
	}
}
