package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
)

// Fast 3G in DevTools: the latency of each request and the transfer rate.
const (
	fast3GLatency = 562500 * time.Microsecond
	fast3GRate    = 180_000 // bytes a second: 1.44 Mbit/s
)

// slowNetwork is a proxy with such a connection. It records which requests to host waited for which responses, and so computes the
// network time even on a busy machine. It refuses what the browser asks for its own sake: tunnels to its maker.
type slowNetwork struct {
	address, host string

	mu       sync.Mutex
	asked    []*slowRequest
	answered int // the length of the longest chain of requests
}

type slowRequest struct {
	path  string
	begun time.Time
	row   int // the number of responses that it came after, including its own
	size  int
}

func fast3G(t *testing.T, host string) *slowNetwork {
	t.Helper()
	n := &slowNetwork{host: host}
	forward := &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}, Transport: loopback}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			http.Error(w, "no tunnels", http.StatusForbidden)
			return
		}
		q := n.begin(r)
		pause(r, fast3GLatency)
		answer := &slowWriter{ResponseWriter: w, r: r}
		forward.ServeHTTP(answer, r)
		n.end(q, answer.size)
	}))
	t.Cleanup(server.Close)
	n.address = server.Listener.Addr().String()
	return n
}

// begin records a request. The first one that counts is the loader's.
func (n *slowNetwork) begin(r *http.Request) *slowRequest {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.URL.Path == "/v1/aside.js" {
		n.asked, n.answered = nil, 0
	}
	q := &slowRequest{path: r.URL.Path, begun: time.Now(), row: n.answered + 1}
	if r.Host == n.host {
		n.asked = append(n.asked, q)
	} else {
		q.row = 0 // the frame waits for none of them
	}
	return q
}

func (n *slowNetwork) end(q *slowRequest, size int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	q.size, n.answered = size, max(n.answered, q.row)
}

// wait returns the network time of the requests until then.
func (n *slowNetwork) wait(t *testing.T, until time.Time) time.Duration {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	rows, size := 0, 0
	for _, q := range n.asked {
		if q.begun.Before(until) && q.size > 0 {
			t.Logf("after %d answers: %s, %d bytes", q.row-1, q.path, q.size)
			rows, size = max(rows, q.row), size+q.size
		}
	}
	return time.Duration(rows)*fast3GLatency + transferTime(size)
}

func transferTime(size int) time.Duration { return time.Duration(size) * time.Second / fast3GRate }

func pause(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

type slowWriter struct {
	http.ResponseWriter
	r    *http.Request
	size int
}

func (s *slowWriter) Write(b []byte) (int, error) {
	s.size += len(b)
	pause(s.r, transferTime(len(b)))
	return s.ResponseWriter.Write(b)
}

// On such a connection the frame is interactive within 2.5 s. Half a second of that is for the visitor's machine. The rest is
// network time, computed from the chain of requests and their sizes.
func TestASlowConnectionDoesNotKeepAnybodyWaiting(t *testing.T) {
	t.Parallel()
	a := start(t)
	network := fast3G(t, strings.TrimPrefix(a.frame, "http://"))
	site := a.startSite(t, "slow.localhost", func(tenant string) http.Handler {
		return htmlHandler(`<script>addEventListener('aside:ready', () => { window.readyAt = performance.now() })</script>` +
			documentedSnippet(t, "# Embedding the widget", "html", a.frame, tenant))
	})
	p := newPerson(t, func(c *target.CreateBrowserContextParams) {
		c.ProxyServer, c.ProxyBypassList = "http://"+network.address, "<-loopback>"
	})
	page := p.visit(site)
	page.wait("ready widget", func() bool { return evaluate[bool](page, `!!window.readyAt`) })
	took := evaluate[float64](page, `readyAt - performance.getEntriesByType('resource').find(e => e.name.endsWith('/v1/aside.js')).startTime`)
	ready := time.UnixMilli(int64(evaluate[float64](page, `performance.timeOrigin + readyAt`)))
	waited := network.wait(t, ready)
	t.Logf("interactive after %.0f ms, %d of them for the network", took, waited.Milliseconds())
	if took < 3*float64(fast3GLatency.Milliseconds()) {
		t.Errorf("it took %.0f ms: the network was not slow", took)
	}
	if waited > 2*time.Second {
		t.Errorf("the network takes %s until the frame is interactive", waited)
	}
}
