package e2e

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// transferMeter sums the compressed bodies on a line by requested address.
type transferMeter struct {
	mu        sync.Mutex
	transfers []transfer
}

type transfer struct {
	host, path string
	into       string // the kind of resource (Sec-Fetch-Dest)
	bytes      int
}

// attach attaches the scale to a line.
func (s *transferMeter) attach(l *proxy) {
	forward := l.forward
	l.forward = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := &countingWriter{ResponseWriter: w}
		forward.ServeHTTP(body, r)
		if r.Method == http.MethodGet {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.transfers = append(s.transfers, transfer{r.Host, r.URL.Path, r.Header.Get("Sec-Fetch-Dest"), body.bytes})
		}
	})
}

type countingWriter struct {
	http.ResponseWriter
	bytes int
}

func (c *countingWriter) Write(b []byte) (int, error) {
	c.bytes += len(b)
	return c.ResponseWriter.Write(b)
}

// Unwrap lets an http.ResponseController flush the response.
func (c *countingWriter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (s *transferMeter) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.transfers = nil
}

// sum returns the total size and the number of the matching responses.
func (s *transferMeter) sum(t *testing.T, among func(transfer) bool) (bytes, requests int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.transfers {
		if among(one) {
			t.Logf("%6d %s%s", one.bytes, one.host, one.path)
			bytes, requests = bytes+one.bytes, requests+1
		}
	}
	return bytes, requests
}

// This limits the compressed size of what a visitor's browser loads: the popup; with an empty cache, everything until the
// signed-in list and the editor work; and what loads later. Nothing loads from other origins.
func TestTransferSizes(t *testing.T) {
	t.Parallel()
	a := start(t)
	site := a.startSite(t, "light.localhost", func(tenant string) http.Handler {
		return htmlHandler(documentedSnippet(t, "# Embedding the widget", "html", a.frame, tenant))
	})
	host := func(origin string) string { return strings.TrimPrefix(origin, "http://") }
	var s transferMeter
	line := newProxy(t)
	s.attach(line)
	p := newPerson(t, line.route)
	w := p.signUp(a, site)
	w.write("Oolong", "spring harvest")
	w.readyForOffline()
	if bytes, requests := s.sum(t, func(one transfer) bool { return one.host == host(a.account) }); bytes > 10_000 || requests > 3 {
		t.Errorf("the popup takes %d bytes in %d requests", bytes, requests)
	}

	await[bool](w, `(async () => {
		for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
		for (const name of await caches.keys()) await caches.delete(name);
		return true;
	})()`)
	must(t, chromedp.Do(p.ctx, chromedp.Navigate("about:blank"), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, network.ClearBrowserCache, cdp.Empty{})
		return err
	})))
	s.reset()
	p.visit(site)
	w = p.widget(a)
	w.clickOn("option", "Oolong")
	w.wait("the note in the editor", func() bool { return w.value("Note") == "spring harvest" })
	w.readyForOffline() // this happens last

	path := func(beginnings ...string) func(transfer) bool {
		return func(one transfer) bool {
			return slices.ContainsFunc(beginnings, func(beginning string) bool { return strings.HasPrefix(one.path, beginning) })
		}
	}
	loader, _ := s.sum(t, path("/v1/"))
	frame, requests := s.sum(t, func(one transfer) bool {
		return path("/assets/frame.")(one) || path("/embed/")(one) && one.into == "iframe"
	})
	lazy, _ := s.sum(t, path("/assets/extras.", "/embed/worker.js"))
	first := loader + frame
	requests++ // the loader
	t.Logf("loader %d, first %d in %d requests, lazy %d", loader, first, requests, lazy)
	if loader == 0 || lazy == 0 || loader > 1800 || first > 18_000 || requests > 4 || first+lazy > 30_000 {
		t.Errorf("loader %d, first %d in %d requests, lazy %d bytes", loader, first, requests, lazy)
	}
	// The new worker requests the document again to store it for offline use.
	s.sum(t, func(one transfer) bool {
		if one.host != host(a.frame) && one.host != host(site) {
			t.Errorf("%s was asked for %s", one.host, one.path)
		}
		return path("/embed/t_")(one) && one.into != "iframe"
	})
}
