package authtest

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/auth"
)

// An Event is an event of a stream.
type Event struct{ Name, Data string }

// A Stream is the answer to a subscription: the response's header, and the events that follow.
type Stream struct {
	*Answer
	Close  func() // disconnects, like a closed page
	events chan Event
	ended  chan struct{}
}

// Ended returns a channel that is closed when the stream has ended.
func (s *Stream) Ended() <-chan struct{} { return s.ended }

// Subscribe opens a stream of the API at the frame origin. It returns when the stream is open or refused.
func (v *Visitor) Subscribe(t testing.TB, query string, edits ...func(*Call)) *Stream {
	t.Helper()
	return v.Site.stream(t, &Call{
		Method: http.MethodPost, URL: v.Site.FrameOrigin + auth.GraphQLPath, Key: v.Key,
		Header: http.Header{"Authorization": {"DPoP " + v.Token}, "Accept": {auth.EventStream}},
		JSON:   map[string]any{"query": query},
	}, edits)
}

// SubscribeAccount opens a stream of the API at the account origin, with the browser's cookies.
func (v *Visitor) SubscribeAccount(t testing.TB, query string, edits ...func(*Call)) *Stream {
	t.Helper()
	header := v.cookieHeader()
	header.Set("Accept", auth.EventStream)
	return v.Site.stream(t, &Call{
		Method: http.MethodPost, URL: v.Site.AccountOrigin + auth.GraphQLPath, Header: header, JSON: map[string]any{"query": query},
	}, edits)
}

func (s *Site) stream(t testing.TB, c *Call, edits []func(*Call)) *Stream {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	response, err := s.client().Do(s.request(t, c, edits).WithContext(ctx)) //nolint:bodyclose // the goroutine that reads it does
	must(t, err)
	stream := &Stream{Close: leave, events: make(chan Event, 1000), ended: make(chan struct{})}
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), auth.EventStream) {
		defer leave()
		close(stream.events)
		close(stream.ended)
		stream.Answer, err = readAnswer(response)
		must(t, err)
		return stream
	}
	stream.Answer = &Answer{Status: response.StatusCode, Header: response.Header}
	go func() {
		defer close(stream.ended)
		defer close(stream.events)
		defer func() { _ = response.Body.Close() }()
		var e Event
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), ":")
			switch {
			case lines.Text() == "" && e.Name != "":
				stream.events <- e
				e = Event{}
			case name == "event":
				e.Name = strings.TrimSpace(value)
			case name == "data":
				e.Data += strings.TrimSpace(value)
			}
		}
	}()
	return stream
}

// Next waits for the next event. It returns false if the stream has ended.
func (s *Stream) Next(t testing.TB) (Event, bool) {
	t.Helper()
	select {
	case e, more := <-s.events:
		return e, more
	case <-time.After(30 * time.Second):
		t.Fatal("the stream sends nothing")
		return Event{}, false
	}
}

// Ends waits until the stream ends with a complete event, and returns the data of the events before it.
func (s *Stream) Ends(t testing.TB) (data []string) {
	t.Helper()
	for {
		e, more := s.Next(t)
		switch {
		case !more:
			t.Errorf("the stream ended without a complete event, after %v", data)
			return data
		case e.Name == "complete":
			if e, more := s.Next(t); more {
				t.Errorf("after its end the stream sends %v", e)
			}
			return data
		}
		data = append(data, e.Data)
	}
}
