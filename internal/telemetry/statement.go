package telemetry

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Statements makes a span of each statement and batch within a trace. It implements pgx.QueryTracer and pgx.BatchTracer.
type Statements struct{ tracer trace.Tracer }

// Statements returns the tracer of the database, or nil if there are no traces.
func (t *Telemetry) Statements() pgx.QueryTracer {
	if t == nil || t.tracer == nil {
		return nil
	}
	return &Statements{t.tracer}
}

func (s *Statements) start(ctx context.Context, operation string, attributes ...attribute.KeyValue) context.Context {
	if !trace.SpanContextFromContext(ctx).IsValid() { // work of the node itself
		return ctx
	}
	ctx, _ = s.tracer.Start(ctx, operation, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(append(attributes, attribute.String("db.system.name", "postgresql"), attribute.String("db.operation.name", operation))...))
	return ctx
}

func end(ctx context.Context, err error) {
	span := trace.SpanFromContext(ctx)
	if err != nil {
		span.SetStatus(codes.Error, "") // its text may quote values
	}
	span.End()
}

// TraceQueryStart begins the span of a statement.
func (s *Statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return s.start(ctx, operationOf(data.SQL))
}

// TraceQueryEnd ends the span of a statement.
func (s *Statements) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	end(ctx, data.Err)
}

// TraceBatchStart begins the span of a batch.
func (s *Statements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	return s.start(ctx, "BATCH", attribute.Int("db.operation.batch.size", data.Batch.Len()))
}

// TraceBatchQuery does nothing: the statements of a batch are one round trip.
func (s *Statements) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd ends the span of a batch.
func (s *Statements) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchEndData) {
	end(ctx, data.Err)
}

// operationOf returns the keyword of a statement; nothing else of it is sent.
func operationOf(sql string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(sql), " ")
	switch word = strings.ToUpper(word); word {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "BEGIN", "COMMIT", "ROLLBACK", "SET":
		return word
	default:
		return "STATEMENT"
	}
}
