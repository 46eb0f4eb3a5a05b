package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/target"
)

// proxy is the only connection of a person's browser for pages, frames and service workers. A test can cut it.
type proxy struct {
	server  *httptest.Server
	forward http.Handler
	down    atomic.Bool
}

func newProxy(t *testing.T) *proxy {
	t.Helper()
	l := &proxy{forward: &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}, Transport: loopback, FlushInterval: -1}}
	l.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.down.Load() || r.Method == http.MethodConnect { // no site here uses TLS
			panic(http.ErrAbortHandler)
		}
		l.forward.ServeHTTP(w, r)
	}))
	t.Cleanup(l.server.Close)
	return l
}

// route routes all connections of the person's browser through the proxy.
func (l *proxy) route(c *target.CreateBrowserContextParams) {
	c.ProxyServer, c.ProxyBypassList = "http://"+l.server.Listener.Addr().String(), "<-loopback>"
}

func (l *proxy) disconnect() {
	l.down.Store(true)
	l.server.CloseClientConnections()
}

func (l *proxy) reconnect() { l.down.Store(false) }
