package fault

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// A placed error came out of a function.
type placed struct {
	function string
	err      error
}

func (e *placed) Error() string { return e.function + ": " + e.err.Error() }

func (e *placed) Unwrap() error { return e.err }

// Place adds the name of a function to the error that it returns: defer fault.Place(&err, "db.CreateNote").
func Place(err *error, function string) {
	if *err != nil {
		*err = &placed{function, *err}
	}
}

// PlaceOf returns the functions that err came through, outermost first, as in "db.UpdateNote: db.Note".
func PlaceOf(err error) string {
	var functions []string
	for e := (*placed)(nil); errors.As(err, &e); err = e.err {
		functions = append(functions, e.function)
	}
	return strings.Join(functions, ": ")
}

// A Known error has a constant text, which may be logged.
type Known string

func (e Known) Error() string { return string(e) }

// A panicked error is a panic that was recovered.
type panicked struct {
	value any
	stack []string
}

func (*panicked) Error() string { return "panic" }

// Recovered returns a recovered panic as an error, with the functions that were running. The function that recovers calls it.
func Recovered(value any) error { return &panicked{value, stackFunctions()} }

// stackFunctions lists the functions that are running, without their arguments.
func stackFunctions() []string {
	counters := make([]uintptr, 32)
	frames := runtime.CallersFrames(counters[:runtime.Callers(4, counters)])
	var lines []string
	for {
		f, more := frames.Next()
		lines = append(lines, fmt.Sprintf("%s:%d", f.Function, f.Line))
		if !more {
			return lines
		}
	}
}

// Log logs err as "request failed" under the id of the request, which the person is shown, with other attributes. It is
// logged as information, not as an error, if the client has canceled the request.
func Log(ctx context.Context, log *slog.Logger, id string, err error, more ...slog.Attr) {
	level := slog.LevelError
	if p := (*panicked)(nil); errors.Is(ctx.Err(), context.Canceled) && !errors.As(err, &p) {
		level = slog.LevelInfo
	}
	log.LogAttrs(ctx, level, "request failed", append(append([]slog.Attr{slog.String("request", id)}, more...), Attrs(err)...)...)
}

// RequestID returns the id of the request that w answers, which the line of the request in the log has, or a new one.
func RequestID(w http.ResponseWriter) string {
	if id := w.Header().Get("X-Request-Id"); id != "" {
		return id
	}
	return rand.Text()[:16]
}

// Attrs describes err in constant words.
func Attrs(err error) (attrs []slog.Attr) {
	if place := PlaceOf(err); place != "" {
		attrs = append(attrs, slog.String("place", place))
	}
	attrs = append(attrs, slog.String("type", types(err)))
	var known Known
	for _, e := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, e) {
			attrs = append(attrs, slog.String("cause", e.Error()))
		}
	}
	if errors.As(err, &known) {
		attrs = append(attrs, slog.String("cause", known.Error()))
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		attrs = append(attrs, slog.String("sqlstate", pg.Code), slog.String("constraint", pg.ConstraintName))
	}
	var p *panicked
	if errors.As(err, &p) {
		attrs = append(attrs, slog.String("panic", fmt.Sprintf("%T", p.value)), slog.Any("stack", p.stack))
		if e, ok := p.value.(runtime.Error); ok { // the runtime's words: an index, a nil map
			attrs = append(attrs, slog.String("cause", e.Error()))
		}
	}
	return attrs
}

// types returns the types of err and of the errors that it wraps, outermost first, without those that only hold a place.
func types(err error) string {
	var names []string
	for ; err != nil && len(names) < 8; err = errors.Unwrap(err) {
		if _, ok := err.(*placed); !ok { //nolint:errorlint // each error of the chain by itself
			names = append(names, fmt.Sprintf("%T", err))
		}
	}
	return strings.Join(names, " > ")
}
