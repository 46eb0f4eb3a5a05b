package load_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/company-a/aside/e2e/bench/load"
)

// testClient sends its words as requests, one after the other, and records the answers.
type testClient struct {
	words   []string
	answers []string
}

func (s *testClient) Next(b []byte) ([]byte, bool) {
	if len(s.words) == 0 {
		return b, false
	}
	word := s.words[0]
	s.words = s.words[1:]
	return load.Append(b, http.MethodPost, "echo.example", "/say?twice", []byte(word),
		load.Header{Name: "Tone", Value: "loud"}, load.Header{Name: "Left-Out"}), true
}

func (s *testClient) Answered(status int, _ http.Header, body []byte) error {
	if status != http.StatusOK {
		return load.Refused(status, body)
	}
	s.answers = append(s.answers, string(body))
	return nil
}

func TestRunKeepsConnectionsAndCounts(t *testing.T) {
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, left := r.Header["Left-Out"]
		fmt.Fprintf(w, "%s %s %s %s %t", r.Host, r.URL.RawQuery, r.Header.Get("Tone"), body, left)
		if string(body) == "long" {
			_, _ = io.WriteString(w, strings.Repeat("g", 10_000)) // sent in chunks
		}
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	one, other := &testClient{words: []string{"hello", "long", "bye"}}, &testClient{words: []string{"hi"}}
	r, err := load.Run(t.Context(), server.Listener.Addr().String(), time.Hour, []load.Client{one, other})
	if err != nil || r.Requests != 4 || r.Rate() <= 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := one.answers; len(got) != 3 || got[0] != "echo.example twice loud hello false" || len(got[1]) < 10_000 || got[2] != "echo.example twice loud bye false" {
		t.Errorf("%.200q", got)
	}
	if n := connections.Load(); n != 2 {
		t.Errorf("%d connections", n)
	}
}

func TestRunStopsAtTheFirstWrongAnswer(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	address := server.Listener.Addr().String()
	if _, err := load.Run(t.Context(), address, time.Hour, []load.Client{&testClient{words: []string{"hello"}}}); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("a refusal: %v", err)
	}
	if _, err := load.Run(t.Context(), address, time.Hour, []load.Client{&testClient{}}); err == nil {
		t.Error("an empty run is a result")
	}
}

// A stream has no end: what counts is that it was opened.
func TestHoldKeepsStreamsOpen(t *testing.T) {
	open, closed := make(chan struct{}, 3), make(chan struct{}, 3)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		w.Header().Set("Content-Type", load.EventStream+"; charset=utf-8")
		_ = http.NewResponseController(w).Flush()
		open <- struct{}{}
		<-r.Context().Done()
		closed <- struct{}{}
	}))
	t.Cleanup(server.Close)
	clients := make([]load.Client, 3)
	for i := range clients {
		clients[i] = &testClient{words: []string{"listen"}}
	}
	release, err := load.Hold(t.Context(), server.Listener.Addr().String(), clients)
	if err != nil {
		t.Fatal(err)
	}
	for range clients {
		<-open
	}
	if len(closed) != 0 {
		t.Error("one was closed")
	}
	release()
	for range clients {
		<-closed
	}
}
