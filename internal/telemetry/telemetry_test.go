package telemetry

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// canary is a text that only a person can have written.
const canary = "canary"

func TestItIsOffByDefault(t *testing.T) {
	for name, environment := range map[string]map[string]string{
		"no variables": {},
		"turned off":   {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"},
		"no exporters": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"},
		"no collector": {"OTEL_TRACES_EXPORTER": "otlp"},
	} {
		t.Run(name, func(t *testing.T) {
			off, err := Start(t.Context(), func(name string) string { return environment[name] }, "v1", slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			if ctx, end := off.Request(r); ctx != r.Context() {
				t.Error("a request is traced")
			} else {
				end("/", http.StatusOK)
			}
			if off.Statements() != nil || off.SendMetrics(t.Context(), prometheus.NewRegistry()) != nil || len(off.stops) != 0 {
				t.Error("something is sent")
			}
		})
	}
}

func TestMistakesAreRefused(t *testing.T) {
	for name, value := range map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_TRACES_EXPORTER": "jaeger", "OTEL_METRICS_EXPORTER": "prometheus"} {
		environment := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", name: value}
		_, err := Start(t.Context(), func(name string) string { return environment[name] }, "v1", slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
}

func TestSpansHaveNoTextOfPeople(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	var on Telemetry
	on.startTraces(sdktrace.WithSyncer(spans))
	r := httptest.NewRequest(canary, "/"+canary+"?q="+canary, strings.NewReader(canary))
	r.Host = canary
	r.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	r.Header.Set("Baggage", "a="+canary)
	ctx, end := on.Request(r)
	statements := on.Statements().(*Statements)
	inside := statements.TraceQueryStart(ctx, nil, pgx.TraceQueryStartData{SQL: "INSERT INTO notes VALUES ('" + canary + "')", Args: []any{canary}})
	statements.TraceQueryEnd(inside, nil, pgx.TraceQueryEndData{Err: errors.New(canary)})
	batch := &pgx.Batch{}
	batch.Queue("SELECT $1", canary)
	inside = statements.TraceBatchStart(ctx, nil, pgx.TraceBatchStartData{Batch: batch})
	statements.TraceBatchQuery(inside, nil, pgx.TraceBatchQueryData{SQL: canary, Args: []any{canary}, Err: errors.New(canary)})
	statements.TraceBatchEnd(inside, nil, pgx.TraceBatchEndData{Err: errors.New(canary)})
	end("other", http.StatusInternalServerError)
	outside := statements.TraceQueryStart(t.Context(), nil, pgx.TraceQueryStartData{SQL: "SELECT 1"}) // a node's own work has no trace
	statements.TraceQueryEnd(outside, nil, pgx.TraceQueryEndData{})

	var names []string
	for _, s := range spans.GetSpans() {
		names = append(names, s.Name)
		if text := fmt.Sprintf("%+v", s); strings.Contains(text, canary) {
			t.Errorf("a span has a person's text: %s", text)
		}
		if s.Status.Code != codes.Error || s.SpanContext.TraceID().String() == "0af7651916cd43dd8448eb211c80319c" {
			t.Errorf("%s: %+v in trace %s", s.Name, s.Status, s.SpanContext.TraceID())
		}
	}
	if got := strings.Join(names, ", "); got != "INSERT, BATCH, _OTHER other" {
		t.Errorf("the spans are %s", got)
	}
}

// A collector gets the spans and the metrics, by the standard variables alone.
func TestACollectorGetsIt(t *testing.T) {
	var mutex sync.Mutex
	got := map[string][]byte{}
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body io.Reader = r.Body
		if r.Header.Get("Content-Encoding") == "gzip" {
			unpacked, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Error(err)
				return
			}
			body = unpacked
		}
		content, err := io.ReadAll(body)
		if err != nil {
			t.Error(err)
		}
		mutex.Lock()
		defer mutex.Unlock()
		got[r.URL.Path] = append(got[r.URL.Path], content...)
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	environment := func(name string) string { return map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL}[name] }
	on, err := Start(t.Context(), environment, "v1.2.3", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	requests := prometheus.NewCounter(prometheus.CounterOpts{Name: "aside_counted_total"})
	registry.MustRegister(requests)
	requests.Inc()
	if err := on.SendMetrics(t.Context(), registry); err != nil {
		t.Fatal(err)
	}
	ctx, end := on.Request(httptest.NewRequest(http.MethodGet, "/docs/"+canary, nil))
	if TraceID(ctx) == "" {
		t.Error("the log gets no trace")
	}
	end("/docs", http.StatusOK)
	if err := on.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/v1/traces": "GET /docs", "/v1/metrics": "aside_counted_total"} {
		if content := got[path]; !bytes.Contains(content, []byte(want)) || !bytes.Contains(content, []byte("v1.2.3")) || bytes.Contains(content, []byte(canary)) {
			t.Errorf("%s got %q", path, content)
		}
	}
}
