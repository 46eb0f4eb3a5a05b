package server

import (
	"io"
	"log/slog"
	"strconv"
	"strings"
	"unicode"
)

// maxLogged is the longest text in a log line, in bytes.
const maxLogged = 1000

// NewLog returns a log of JSON lines. A duration is in seconds, and its name says so: duration_seconds. Every text in a line is bounded
// and printable, even a name that somebody sent or an error that repeats it: no line can break a terminal, reverse the text around it,
// or fill a disk.
func NewLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch a.Value.Kind() { // Any would allocate
		case slog.KindDuration:
			return slog.Float64(a.Key+"_seconds", a.Value.Duration().Seconds())
		case slog.KindString:
			a.Value = slog.StringValue(printable(a.Value.String(), maxLogged))
		case slog.KindAny:
			if err, ok := a.Value.Any().(error); ok {
				a.Value = slog.StringValue(printable(err.Error(), maxLogged))
			}
		}
		return a
	}}))
}

// shortened bounds text that anybody can send at any length, for the log.
func shortened(s string) string { return printable(s, 200) }

// printable returns at most n bytes of s, with invisible characters escaped as in Go.
func printable(s string, n int) string {
	more := ""
	if len(s) > n {
		s, more = strings.ToValidUTF8(s[:n], ""), "…"
	}
	if strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsGraphic(c) || c == unicode.ReplacementChar }) {
		s = strings.Trim(strconv.QuoteToGraphic(s), `"`)
	}
	return s + more
}
