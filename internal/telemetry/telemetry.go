package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	prometheusbridge "go.opentelemetry.io/contrib/bridges/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// A Telemetry sends what a node does. The zero value is off.
type Telemetry struct {
	tracer  trace.Tracer // nil: no traces
	metrics bool
	about   *resource.Resource
	stops   []func(context.Context) error
}

// Start starts the traces, if the environment asks for them, and says whether it asks for metrics (SendMetrics):
//
//   - OTEL_EXPORTER_OTLP_ENDPOINT, or …_TRACES_ENDPOINT and …_METRICS_ENDPOINT: the collector; nothing is sent without one
//   - OTEL_TRACES_EXPORTER, OTEL_METRICS_EXPORTER: otlp, or none
//   - OTEL_SDK_DISABLED: true turns everything off
//
// The SDK reads the others, like OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_EXPORTER_OTLP_HEADERS and OTEL_TRACES_SAMPLER.
// Start returns an error for a value that cannot work. What cannot be sent is logged.
func Start(ctx context.Context, environment func(string) string, version string, log *slog.Logger) (*Telemetry, error) {
	t := &Telemetry{}
	traces, err := wanted(environment, "TRACES")
	if err != nil {
		return nil, err
	}
	if t.metrics, err = wanted(environment, "METRICS"); err != nil || !(traces || t.metrics) {
		return t, err
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("telemetry could not be sent", "error", err) }))
	t.about, err = resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "aside"), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	if traces {
		exporter, err := otlptracehttp.New(ctx)
		if err != nil {
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
		}
		t.startTraces(sdktrace.WithBatcher(exporter), sdktrace.WithResource(t.about))
	}
	return t, nil
}

// SendMetrics sends the metrics of a registry every minute (OTEL_METRIC_EXPORT_INTERVAL), if the environment asks for metrics.
func (t *Telemetry) SendMetrics(ctx context.Context, registry prometheus.Gatherer) error {
	if t == nil || !t.metrics {
		return nil
	}
	exporter, err := otlpmetrichttp.New(ctx)
	if err != nil {
		return fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	reader := metric.NewPeriodicReader(exporter, metric.WithProducer(prometheusbridge.NewMetricProducer(prometheusbridge.WithGatherer(registry))))
	t.stops = append(t.stops, metric.NewMeterProvider(metric.WithReader(reader), metric.WithResource(t.about)).Shutdown)
	return nil
}

func (t *Telemetry) startTraces(options ...sdktrace.TracerProviderOption) {
	provider := sdktrace.NewTracerProvider(options...)
	t.tracer = provider.Tracer("github.com/company-a/aside")
	t.stops = append(t.stops, provider.Shutdown)
}

// wanted reports whether a signal, TRACES or METRICS, is to be sent.
func wanted(environment func(string) string, signal string) (bool, error) {
	if strings.EqualFold(environment("OTEL_SDK_DISABLED"), "true") {
		return false, nil
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_" + signal + "_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if protocol := environment(name); protocol != "" && protocol != "http/protobuf" {
			return false, fmt.Errorf("%s is %q: Aside speaks http/protobuf", name, protocol)
		}
	}
	name := "OTEL_" + signal + "_EXPORTER"
	switch exporter := environment(name); exporter {
	case "none":
		return false, nil
	case "", "otlp":
		return environment("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || environment("OTEL_EXPORTER_OTLP_"+signal+"_ENDPOINT") != "", nil
	default:
		return false, fmt.Errorf("%s is %q: write otlp or none", name, exporter)
	}
}

// Stop sends what is left.
func (t *Telemetry) Stop(ctx context.Context) (err error) {
	if t == nil {
		return nil
	}
	for _, stop := range t.stops {
		err = errors.Join(err, stop(ctx))
	}
	return err
}
