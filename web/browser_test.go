package web

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/company-a/aside/auth"
)

//go:embed testdata/opener.html
var opener []byte

// startBrowser starts a browser with the popup blocker and the storage partitioning of a normal one. The browser closes when the
// test ends.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewExecAllocator(ctx,
		chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
	)
	t.Cleanup(stop)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("no browser: %v", err)
	}
	return ctx
}

// A fakeSite serves the account origin's pages with fake endpoints of package auth. Every other host, such as the frame origin,
// serves a page that opens the popup. All hosts share one loopback port.
type fakeSite struct {
	account, frame string
	asked          auth.Interaction

	mu      sync.Mutex
	posted  []string // path and body of each POST
	refusal string   // the response to every POST, if not empty
	next    string   // the response to Continue, if not empty
	offline bool
}

func build(t *testing.T) *fakeSite {
	t.Helper()
	h := &fakeSite{asked: testInteraction()}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	h.account, h.frame = "http://aside.localhost:"+port, "http://aside-frame.localhost:"+port
	h.asked.FrameOrigin = h.frame
	return h
}

func (h *fakeSite) OpenInteraction(http.ResponseWriter, *http.Request) (*auth.Interaction, error) {
	return &h.asked, nil
}

func (h *fakeSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if "http://"+r.Host != h.account {
		_, _ = w.Write(opener)
		return
	}
	if r.Method == http.MethodGet {
		pages, err := New(Config{AccountOrigin: h.account, Interactions: h})
		if err != nil {
			panic(err)
		}
		pages.ServeHTTP(w, r)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.offline {
		panic(http.ErrAbortHandler) // the connection ends without a response
	}
	var body json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		panic(err)
	}
	h.posted = append(h.posted, r.URL.Path+" "+string(body))
	answer := map[string]string{
		"/passkeys/login": `{"ceremony": "one", "options": {"challenge": "AAAA", "rpId": "aside.localhost", "userVerification": "required"}}`,
		"/passkeys/registration": `{"ceremony": "two", "options": {"challenge": "AAAA", "rp": {"id": "aside.localhost", "name": "Aside"},
			"user": {"id": "AAAA", "name": "Amber Heron", "displayName": "Amber Heron"}, "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
			"authenticatorSelection": {"residentKey": "required", "userVerification": "required"}, "extensions": {"prf": {"eval": {"first": "AAAA"}}}}}`,
		"/passkeys/registration/finish": `{"displayName": "Amber Heron", "key": {"passkey": "01a209af-5666-76ca-be5b-605f33074a75"}}`,
		"/oauth/authorize/decision":     `{"next": "respond", "response": {"code": "the-code", "state": "the-state", "iss": "` + h.account + `"}}`,
	}[r.URL.Path]
	if h.next != "" && strings.Contains(string(body), `"continue"`) {
		answer = h.next
	}
	w.Header().Set("Content-Type", "application/json")
	if h.refusal != "" {
		w.WriteHeader(http.StatusUnauthorized)
		answer = h.refusal
	}
	_, _ = w.Write([]byte(answer))
}

// posts returns the POST requests so far.
func (h *fakeSite) posts() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.posted...)
}

func (h *fakeSite) setOffline(offline bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.offline = offline
}

// popup opens the popup from a page on the origin by. The page reports that it is embedded in the origin report; if shout is
// set, it does so without being asked. popup returns both windows.
func (h *fakeSite) popup(t *testing.T, browser context.Context, by, report string, shout bool) (page, popup context.Context) {
	t.Helper()
	query := url.Values{"popup": {h.account + authorize}, "origin": {h.account}, "report": {report}}
	if shout {
		query.Set("shout", h.asked.RequestURI)
	}
	browser, cancel := context.WithTimeout(browser, time.Minute) // so that the tests after a failed one have time left
	t.Cleanup(cancel)
	page, cancel = chromedp.NewContext(browser)
	t.Cleanup(cancel)
	do(t, page, chromedp.Navigate(by+"/?"+query.Encode()))
	opened := chromedp.WaitNewTarget(page, func(i *target.Info) bool { return i.Type == "page" })
	do(t, page, chromedp.Click(chromedp.CSS("#open")))
	popup, cancel = chromedp.NewContext(browser, chromedp.WithTargetID(<-opened))
	t.Cleanup(cancel)
	return page, popup
}

// addAuthenticator adds an authenticator to the window. verified is the result of its user verification.
func addAuthenticator(t *testing.T, window context.Context, verified bool) {
	t.Helper()
	do(t, window, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := cdp.Call(ctx, tab, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
			Options: &webauthn.VirtualAuthenticatorOptions{
				Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21,
				Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true,
				IsUserVerified: verified, AutomaticPresenceSimulation: true, HasPrf: true,
			},
		})
		return err
	}))
}

func do(t *testing.T, window context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(window, steps...); err != nil {
		t.Fatal(err)
	}
}

// click waits until the button is enabled, then presses it.
func click(id string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS("#" + id + `[aria-disabled="false"]`))
}

// text waits until an element is visible, then returns its text.
func text(t *testing.T, window context.Context, selector string) string {
	t.Helper()
	do(t, window, chromedp.WaitVisible(chromedp.CSS(selector)))
	s, err := chromedp.Run(window, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func evaluate[T any](t *testing.T, window context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(window, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
