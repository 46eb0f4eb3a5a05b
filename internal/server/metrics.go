package server

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/telemetry"
	"github.com/company-a/aside/internal/version"
)

// metrics are the figures that an operator watches. No label holds personal data.
type metrics struct {
	registry *prometheus.Registry
	duration *prometheus.HistogramVec
}

func newMetrics(store *db.DB) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "aside_http_request_duration_seconds",
			Help:    "Time to answer a request, by route and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
		}, []string{"route", "status"}),
	}
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	counter := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value)
	}
	m.registry.MustRegister(m.duration, versionMetric(version.Running()),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		gauge("aside_db_connections", "Connections of the pool.", func() float64 { return float64(store.Stat().TotalConns()) }),
		gauge("aside_db_connections_busy", "Connections in use.", func() float64 { return float64(store.Stat().AcquiredConns()) }),
		gauge("aside_streams", "Open subscriptions.", func() float64 { return float64(store.Watches()) }),
		counter("aside_db_acquires_waited_total", "Requests that waited for a connection.", func() float64 { return float64(store.Stat().EmptyAcquireCount()) }),
		counter("aside_db_acquire_seconds_total", "Time spent waiting for connections.", func() float64 { return store.Stat().AcquireDuration().Seconds() }),
	)
	return m
}

// versionMetric is always 1; its labels say which release runs.
func versionMetric(v version.Info) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "aside_build_info", Help: "Which release this is.",
		ConstLabels: prometheus.Labels{"version": v.Version, "revision": v.Revision, "go": v.Go},
	}, func() float64 { return 1 })
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// observe measures and traces requests by the first segment of their path: there are few.
func (m *metrics) observe(next http.Handler, t *telemetry.Telemetry) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := newResponseWriter(w, r)
		started := time.Now()
		ctx, endSpan := t.Request(r)
		next.ServeHTTP(answer, r.WithContext(ctx))
		label := route(r.URL.Path)
		if auth.OpensStream(r) && answer.status == http.StatusOK {
			label = "stream" // its duration says nothing about other requests
		}
		m.duration.WithLabelValues(label, strconv.Itoa(answer.status)).Observe(time.Since(started).Seconds())
		endSpan(label, answer.status)
	})
}

// route returns the label of a path: its first segment, if we have such a route.
func route(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch first {
	case "account", "assets", "console", "docs", "embed", "graphql", "healthz", "help", "oauth", "passkeys", "readyz", "recover", "v1":
		return "/" + first
	default:
		return "other"
	}
}
