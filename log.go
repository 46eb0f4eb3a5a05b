package main

import (
	"io"
	"log/slog"
	"strconv"
	"strings"
	"unicode"
)

// The longest text that a line of the log holds, in bytes.
const logged = 1000

// newLog makes the log. Whatever stands in a line, a name that somebody sent or an error that repeats it, is bounded and
// printable: nothing breaks a terminal, turns the text around it, or fills a disk.
func newLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch v := a.Value.Any().(type) {
		case string:
			a.Value = slog.StringValue(printable(v, logged))
		case error:
			a.Value = slog.StringValue(printable(v.Error(), logged))
		}
		return a
	}}))
}

// short is what the log holds of what anybody may send at any length.
func short(s string) string { return printable(s, 200) }

// printable gives at most n bytes of s, and what has no shape of its own as Go escapes it.
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
