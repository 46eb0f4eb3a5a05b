package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/target"
)

// line is the only connection of a person's browser for pages, frames and service workers. A test can cut it.
type line struct {
	server  *httptest.Server
	forward http.Handler
	down    atomic.Bool
}

func newLine(t *testing.T) *line {
	t.Helper()
	l := &line{forward: &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}, Transport: loopback, FlushInterval: -1}}
	l.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.down.Load() || r.Method == http.MethodConnect { // no site here uses TLS
			panic(http.ErrAbortHandler)
		}
		l.forward.ServeHTTP(w, r)
	}))
	t.Cleanup(l.server.Close)
	return l
}

// only routes all connections of the person's browser over the line.
func (l *line) only(c *target.CreateBrowserContextParams) {
	c.ProxyServer, c.ProxyBypassList = "http://"+l.server.Listener.Addr().String(), "<-loopback>"
}

func (l *line) cut() {
	l.down.Store(true)
	l.server.CloseClientConnections()
}

func (l *line) mend() { l.down.Store(false) }
