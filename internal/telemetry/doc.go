// Package telemetry sends traces and metrics to an OpenTelemetry collector (OTLP over HTTP). It is off unless the standard environment
// variables of OpenTelemetry name a collector.
//
// What it sends has no text of people: a span has the method, the route, the status and the time of a request or of a
// statement, and metrics are those of /metrics. It must not record an address, a path, a query, a header, SQL or an error's text.
//
// # Which file
//
//   - exporters: telemetry (Start, SendMetrics, Stop: the variables OTEL_…, which signals are wanted)
//   - spans: request (of a request to a node: its route, its status, a known method; TraceID), statement (of a statement or a
//     batch in the database: a tracer for pgx, the keyword of the SQL)
package telemetry
