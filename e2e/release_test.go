package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// earlier is a proxy that imitates an earlier release, with another id for the trusted document, until the service is
// upgraded.
type earlier struct {
	line     *proxy
	upgraded atomic.Bool
	// withoutExtras: the earlier release had other extras, which the service no longer has.
	withoutExtras atomic.Bool
	loads         atomic.Int32 // of the frame's document
}

const earlierDocument = "x-000000000000"

var documentID = regexp.MustCompile(`\bx-[\w-]{12}`)

func newEarlier(t *testing.T) *earlier {
	t.Helper()
	e := &earlier{}
	var today atomic.Value
	e.line = newProxy(t)
	e.line.forward = &httputil.ReverseProxy{
		Transport: loopback, FlushInterval: -1,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.Header.Del("Accept-Encoding")
			if r.In.URL.Path != "/graphql" || e.upgraded.Load() {
				return
			}
			body, err := io.ReadAll(r.In.Body)
			if id, known := today.Load().(string); err == nil && known {
				body = bytes.ReplaceAll(body, []byte(earlierDocument), []byte(id))
			}
			r.Out.Body, r.Out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		},
		ModifyResponse: func(r *http.Response) error {
			path := r.Request.URL.Path
			if strings.HasPrefix(path, "/embed/t_") {
				e.loads.Add(1)
			}
			if e.upgraded.Load() {
				return nil
			}
			r.Header.Set("Cache-Control", "no-store") // the next release has the same names in this test
			document := strings.HasPrefix(path, "/embed/t_") && e.withoutExtras.Load()
			if !document && !strings.HasPrefix(path, "/assets/frame.") {
				return nil
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			if document {
				body = bytes.ReplaceAll(body, []byte("/assets/extras."), []byte("/assets/extras.earlier."))
			} else if id := documentID.Find(body); id != nil {
				today.Store(string(id))
				body = bytes.ReplaceAll(body, id, []byte(earlierDocument))
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return nil
		},
	}
	return e
}

// A page that stays open during an upgrade switches to the new release by itself, and no text is lost.
func TestAPageStaysOpenAcrossAnUpgrade(t *testing.T) {
	t.Parallel()
	a := start(t)
	before := newEarlier(t)
	p := newPerson(t, before.line.route)
	w := p.signUp(a, a.shop)
	w.write("Oolong", "spring harvest")
	loads := before.loads.Load()

	before.upgraded.Store(true)
	w.fill("Note", "spring harvest, and what came after the upgrade")
	w = p.widget(a)
	w.wait("the new release, by itself", func() bool { return before.loads.Load() > loads })
	p.waitFor("the note, saved by the new release", func() bool {
		w = p.widget(a)
		return !strings.Contains(w.storedData(), "draft ") && strings.Contains(w.text(), "and what came after")
	})
	w.clickOn("option", "Oolong")
	w.wait("the text", func() bool { return w.value("Note") == "spring harvest, and what came after the upgrade" })
	if n := before.loads.Load(); n != loads+1 {
		t.Errorf("the frame was loaded %d times for one upgrade", n-loads)
	}
}

// After an upgrade, the server may no longer have the parts that an open page loads later. Pressing Sign in then loads the new release,
// and the person can sign in.
func TestSignInAfterAnUpgrade(t *testing.T) {
	t.Parallel()
	a := start(t)
	before := newEarlier(t)
	before.withoutExtras.Store(true)
	p := newPerson(t, before.line.route)
	p.visit(a.shop)
	w := p.widget(a)
	w.find("button", "Sign in")
	w.wait("a page that has been open for a while", func() bool { return evaluate[bool](w, "performance.now() > 10_000") })
	loads := before.loads.Load()
	before.upgraded.Store(true)
	w.click("Sign in")
	p.waitFor("the new release", func() bool { return before.loads.Load() == loads+1 })
	w = p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.click("Allow")
	popup.closes()
	w.sees("No notes yet.")
}
