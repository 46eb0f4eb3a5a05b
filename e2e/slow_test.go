package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
)

// What DevTools calls Fast 3G: each request waits so long for its answer, which then comes so fast.
const (
	fast3GLatency = 562500 * time.Microsecond
	fast3GRate    = 180_000 // bytes a second: 1.44 Mbit/s
)

// A slowNetwork is a proxy with such a connection behind it. It knows for how long somebody waited
// for it since they asked for the loader, whatever else the machine was busy with.
type slowNetwork struct {
	address string

	mu     sync.Mutex
	under  int // requests under way
	since  time.Time
	waited time.Duration
}

func fast3G(t *testing.T) *slowNetwork {
	t.Helper()
	n := &slowNetwork{}
	forward := &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}, Transport: loopback}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.begin(r)
		defer n.end()
		pause(r, fast3GLatency)
		forward.ServeHTTP(&slowWriter{w, r}, r)
	}))
	t.Cleanup(server.Close)
	n.address = server.Listener.Addr().String()
	return n
}

func (n *slowNetwork) begin(r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.under++; n.under == 1 {
		n.since = time.Now()
	}
	if r.URL.Path == "/v1/aside.js" {
		n.since, n.waited = time.Now(), 0
	}
}

func (n *slowNetwork) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.under--; n.under == 0 {
		n.waited += time.Since(n.since)
	}
}

func (n *slowNetwork) wait() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.waited
}

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
	r *http.Request
}

func (s *slowWriter) Write(b []byte) (int, error) {
	pause(s.r, time.Duration(len(b))*time.Second/fast3GRate)
	return s.ResponseWriter.Write(b)
}

// On such a connection the frame is interactive within 2.5 s. Half a second of that is left to the
// visitor's machine; the rest is what the network takes, by how many requests follow one upon the
// other and how much they weigh.
func TestASlowConnectionDoesNotKeepAnybodyWaiting(t *testing.T) {
	a := start(t)
	network := fast3G(t)
	site := a.reader(t, "slow.localhost", func(tenant string) http.Handler {
		return html(`<script>addEventListener('aside:ready', () => { window.readyAt = performance.now() })</script>` +
			documented(t, "# Embedding the widget", "html", a.frame, tenant))
	})
	p := newPerson(t, func(c *target.CreateBrowserContextParams) {
		c.ProxyServer, c.ProxyBypassList = "http://"+network.address, "<-loopback>"
	})
	page := p.visit(site)
	page.wait("ready widget", func() bool { return evaluate[bool](page, `!!window.readyAt`) })
	took := evaluate[float64](page, `readyAt - performance.getEntriesByType('resource').find(e => e.name.endsWith('/v1/aside.js')).startTime`)
	t.Logf("interactive after %.0f ms, %d of them for the network", took, network.wait().Milliseconds())
	if waited := network.wait(); waited < 3*fast3GLatency {
		t.Errorf("the network took %s: it was not slow", waited)
	} else if waited > 2*time.Second {
		t.Errorf("the network takes %s until the frame is interactive", waited)
	}
}
