package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
)

// What DevTools calls Fast 3G: each request waits so long for its answer, which then comes so fast.
const (
	fast3GLatency = 562500 * time.Microsecond
	fast3GRate    = 180_000 // bytes a second: 1.44 Mbit/s
)

// fast3G is a proxy with such a connection behind it.
func fast3G(t *testing.T) (address string) {
	t.Helper()
	forward := &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}, Transport: loopback}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pause(r, fast3GLatency)
		forward.ServeHTTP(&slowWriter{w, r}, r)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
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

func TestASlowConnectionDoesNotKeepAnybodyWaiting(t *testing.T) {
	a := start(t)
	proxy := fast3G(t)
	site := a.reader(t, "slow.localhost", func(tenant string) http.Handler {
		return html(`<script>addEventListener('aside:ready', () => { window.readyAt = performance.now() })</script>` +
			documented(t, "# Embedding the widget", "html", a.frame, tenant))
	})
	best := 0.0
	for range 3 { // the machine may be busy with something else
		p := newPerson(t, func(c *target.CreateBrowserContextParams) {
			c.ProxyServer, c.ProxyBypassList = "http://"+proxy, "<-loopback>"
		})
		page := p.visit(site)
		page.wait("ready widget", func() bool { return evaluate[bool](page, `!!window.readyAt`) })
		took := evaluate[float64](page, `readyAt - performance.getEntriesByType('resource').find(e => e.name.endsWith('/v1/aside.js')).startTime`)
		t.Logf("interactive after %.0f ms", took)
		if best == 0 || took < best {
			best = took
		}
		if best <= 2500 {
			break
		}
	}
	if best < 3*float64(fast3GLatency.Milliseconds()) {
		t.Errorf("interactive after %.0f ms: the connection was not slow", best)
	}
	if best > 2500 {
		t.Errorf("interactive after %.0f ms, later than 2500", best)
	}
}
