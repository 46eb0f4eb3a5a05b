package server

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPanicIsLoggedWithoutTheRequest(t *testing.T) {
	var log bytes.Buffer
	h := logRequests(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { panic("canary " + r.FormValue("note")) }),
		slog.New(slog.NewJSONHandler(&log, nil)))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/graphql?note=canary", nil))
	id := w.Header().Get("X-Request-Id")
	if w.Code != http.StatusInternalServerError || id == "" || !strings.Contains(w.Body.String(), `"code":"INTERNAL"`) || !strings.Contains(w.Body.String(), id) {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), id) || !strings.Contains(log.String(), "TestPanicIsLogged") {
		t.Errorf("the log has no id or no stack: %s", log.String())
	}
	if strings.Contains(log.String(), "canary") || strings.Contains(w.Body.String(), "canary") {
		t.Errorf("a panic's value is shown: %s %s", log.String(), w.Body)
	}
}

func TestARequestHasADeadline(t *testing.T) {
	h := logRequests(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, ok := r.Context().Deadline(); !ok {
			t.Error("there is no deadline")
		}
	}), slog.New(slog.DiscardHandler))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
}
