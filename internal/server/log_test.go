package server

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode"
)

// A log line is short and printable, no matter what was sent.
func TestLogTextsAreBoundedAndPrintable(t *testing.T) {
	for _, sent := range []string{
		strings.Repeat("x", 1<<20), "a\x1b[2Jb", "a\nb", "a\u202eb", "a\u0085b", "a\u2028b", "a\x00b", "a\xffb", "a\u200bb", strings.Repeat("ä", 999), strings.Repeat("\x00", 5000),
	} {
		var log bytes.Buffer
		l := NewLog(&log)
		l.Info("x", "text", sent, "error", errors.New(sent), slog.Group("inside", "text", sent))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Method, r.Host, r.URL.Path = "M"+strings.Repeat("X", 50_000), sent, "/"+sent
		logRequests(http.NotFoundHandler(), l).ServeHTTP(httptest.NewRecorder(), r)
		most := 20_000
		for line := range strings.Lines(log.String()) {
			line = strings.TrimSuffix(line, "\n")
			if strings.Contains(line, `"msg":"request"`) {
				most = 4_000 // each request writes one
			}
			if len(line) > most || strings.ContainsFunc(line, func(c rune) bool { return !unicode.IsGraphic(c) || c == unicode.ReplacementChar }) {
				t.Errorf("%.20q writes %d bytes: %.300q", sent, len(line), line)
			}
		}
		if n := strings.Count(log.String(), "\n"); n != 2 {
			t.Errorf("%.20q writes %d lines", sent, n)
		}
	}
	if got := printable("https://käse.example/ü?a=\"b\"", 200); got != "https://käse.example/ü?a=\"b\"" {
		t.Errorf("printable text becomes %s", got)
	}
}

// Nobody has to guess a unit: a duration is in seconds, and its name says so.
func TestDurationsAreSeconds(t *testing.T) {
	var log bytes.Buffer
	NewLog(&log).Info("done", "duration", 1500*time.Millisecond, slog.Duration("took", time.Millisecond))
	if got := log.String(); !strings.Contains(got, `"duration_seconds":1.5,"took_seconds":0.001`) {
		t.Errorf("the log is %s", got)
	}
}
