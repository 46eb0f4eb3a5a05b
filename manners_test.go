package main

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAPanicIsOnePlainAnswerAndSaysNothingOfTheRequest(t *testing.T) {
	var log bytes.Buffer
	h := manners(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { panic("canary " + r.FormValue("note")) }),
		slog.New(slog.NewJSONHandler(&log, nil)))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/graphql?note=canary", nil))
	id := w.Header().Get("X-Request-Id")
	if w.Code != http.StatusInternalServerError || id == "" || !strings.Contains(w.Body.String(), `"code":"INTERNAL"`) || !strings.Contains(w.Body.String(), id) {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), id) || !strings.Contains(log.String(), "TestAPanicIsOnePlainAnswer") {
		t.Errorf("the log does not help: %s", log.String())
	}
	if strings.Contains(log.String(), "canary") || strings.Contains(w.Body.String(), "canary") {
		t.Errorf("a panic's value is told: %s %s", log.String(), w.Body)
	}
}

func TestARequestHasADeadline(t *testing.T) {
	h := manners(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, ok := r.Context().Deadline(); !ok {
			t.Error("it has none")
		}
	}), slog.New(slog.DiscardHandler))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
}

// An answerWatch remembers how much of a request was unread when its answer began.
type answerWatch struct {
	*httptest.ResponseRecorder
	body *strings.Reader
	left int
}

func (w *answerWatch) WriteHeader(status int) {
	w.left = w.body.Len()
	w.ResponseRecorder.WriteHeader(status)
}

// What is refused unread, or half read, is read to its end before the answer, unless there is no end to it.
func TestARefusedRequestIsReadFirst(t *testing.T) {
	limited := func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1000)); err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	}
	unread := func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusUnauthorized) }
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		size    int
		left    bool
	}{
		"unread":              {unread, 900 << 10, false},
		"too large":           {limited, 900 << 10, false},
		"nobody's patience":   {unread, 8 << 20, true},
		"larger, half read":   {limited, 8 << 20, true},
		"small":               {unread, 10, false},
		"no body to speak of": {unread, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.NewReader(strings.Repeat("x", c.size))
			w := &answerWatch{httptest.NewRecorder(), body, -1}
			manners(c.handler, slog.New(slog.DiscardHandler)).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/graphql", body))
			if w.left < 0 || (w.left > 0) != c.left || w.left > c.size {
				t.Errorf("%d of %d bytes were unread when %d was answered", w.left, c.size, w.Code)
			}
		})
	}
}

// A request that is measured is answered as its handler says.
func TestWhatIsMeasuredIsAnswered(t *testing.T) {
	h := newMetrics(nil).observe(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader("x")))
	if w.Code != http.StatusCreated {
		t.Errorf("it is answered %d", w.Code)
	}
}
