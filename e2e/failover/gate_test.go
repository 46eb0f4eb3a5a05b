//go:build failover && linux

package failover

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
)

// A gate passes requests on to a node, records how each was answered, and answers 503 itself while the node is away, like
// a load balancer.
type gate struct {
	node     *node
	began    time.Time
	listener *httptest.Server
	client   http.Client
	away     atomic.Bool  // the node is being replaced: it may accept no connection
	closed   atomic.Int64 // connections that a stopping node accepted and closed without an answer

	mu      sync.Mutex
	answers []passed
	wrong   map[string]int // answers that nobody should get
}

// passed is a request and its answer.
type passed struct {
	call, returned time.Duration
	status         int // 0 while the node accepts no connection
}

func openGate(t *testing.T, n *node, began time.Time) *gate {
	t.Helper()
	g := &gate{node: n, began: began, wrong: map[string]int{}, client: http.Client{
		Timeout:       2 * time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, n.address)
		}},
	}}
	g.listener = httptest.NewServer(http.HandlerFunc(g.pass))
	t.Cleanup(g.listener.Close)
	return g
}

// site returns the site behind the gate.
func (g *gate) site(t *testing.T) *authtest.Site {
	t.Helper()
	return authtest.At(t, g.node.account, g.node.frame, g.listener.Listener.Addr().String())
}

func (g *gate) pass(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has left
	}
	wasAway, call := g.away.Load(), time.Since(g.began)
	status, header, text, err := g.ask(r, body)
	switch {
	case err == nil:
		g.check(r, status, header, text)
	case (wasAway || g.away.Load()) && (errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET)):
		header = http.Header{"Retry-After": {"1"}}
	case (wasAway || g.away.Load()) && errors.Is(err, io.EOF): // it stopped before it read the request
		g.closed.Add(1)
		header = http.Header{"Retry-After": {"1"}}
	default:
		g.report(fmt.Sprintf("%s %s: %v", r.Method, r.URL.Path, err))
		header = http.Header{"Retry-After": {"1"}}
	}
	g.mu.Lock()
	g.answers = append(g.answers, passed{call, time.Since(g.began), status})
	g.mu.Unlock()
	for name, values := range header {
		w.Header()[name] = values
	}
	if status == 0 {
		status = http.StatusServiceUnavailable
	}
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// ask asks the node.
func (g *gate) ask(r *http.Request, body []byte) (status int, header http.Header, text []byte, err error) {
	request, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+r.Host+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	request.Header = r.Header.Clone()
	answer, err := g.client.Do(request)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err = io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header, text, err
}

// check records an answer that nobody should get.
func (g *gate) check(r *http.Request, status int, header http.Header, text []byte) {
	what := ""
	switch {
	case status == http.StatusServiceUnavailable && header.Get("Retry-After") == "":
		what = "503 without Retry-After"
	case status >= 400 && status != http.StatusServiceUnavailable:
		what = fmt.Sprint(status)
	case bytes.Contains(text, []byte(`"INTERNAL"`)), bytes.Contains(text, []byte(`"UNAUTHENTICATED"`)), bytes.Contains(text, []byte(`"FORBIDDEN"`)):
		what = "200"
	default:
		return
	}
	g.report(fmt.Sprintf("%s %s: %s %s %s", r.Method, r.URL.Path, what, header.Get("WWW-Authenticate"), strings.TrimSpace(string(text[:min(len(text), 300)]))))
}

func (g *gate) report(what string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wrong[what]++
}

// answered reports whether the node has answered a request that came after from.
func (g *gate) answered(from time.Duration) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.ContainsFunc(g.answers, func(p passed) bool { return p.call > from && p.served() })
}

func (p passed) served() bool { return p.status != 0 && p.status != http.StatusServiceUnavailable }

// outages returns the longest time between two answered requests, with a refused one between them, for which one of the
// gates refused while its node accepted connections, for which one of them was away, and for which all of them refused.
func outages(gates []*gate) (busy, away, all time.Duration) {
	var every []passed
	for _, g := range gates {
		g.mu.Lock()
		answers := slices.Clone(g.answers)
		g.mu.Unlock()
		every = append(every, answers...)
		busy = max(busy, longest(answers, func(p passed) bool { return p.status == http.StatusServiceUnavailable }))
		away = max(away, longest(answers, func(p passed) bool { return p.status == 0 }))
	}
	return busy, away, longest(every, func(p passed) bool { return !p.served() })
}

// longest returns the longest time without a served answer in which something was refused.
func longest(answers []passed, refused func(passed) bool) (d time.Duration) {
	slices.SortFunc(answers, func(a, b passed) int { return int(a.returned - b.returned) })
	last, first := time.Duration(0), time.Duration(-1)
	for _, p := range answers {
		switch {
		case p.served():
			if first >= 0 {
				d = max(d, p.returned-last)
			}
			last, first = p.returned, -1
		case refused(p) && first < 0:
			first = p.call
		}
	}
	return d
}
