package e2e

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

func TestNetworkFailure(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.signUp(a, a.shop)
	w.write("Oolong", "spring harvest")

	w.setWidgetOffline(true)
	w.fill("Note", "spring harvest, two tins")
	w.sees("Offline – saved on this device")
	w.setWidgetOffline(false)
	w.sees("Saved")
	p.visit(a.shop)
	w = p.widget(a)
	w.clickOn("option", "Oolong")
	if got := w.value("Note"); got != "spring harvest, two tins" {
		t.Errorf("after the failure the note says %q", got)
	}

	w.click("Sign out")
	w.find("button", "Sign in")
	w.setWidgetOffline(true)
	w.click("Sign in")
	w.sees("The connection failed") // the opened window has closed again
	w.setWidgetOffline(false)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Sign in with a passkey")
	popup.closes()
	w.sees("Oolong")
}

// A browser may drop the navigation of the new window to the account origin, as Chromium does while the window's first page is just
// being shown. The widget navigates it once more.
func TestWindowWithADroppedNavigation(t *testing.T) {
	t.Parallel()
	a := start(t)
	line := newProxy(t)
	forward := line.forward
	var navigations atomic.Int32
	line.forward = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/authorize" && navigations.Add(1) == 1 {
			w.WriteHeader(http.StatusNoContent) // the window keeps its page
			return
		}
		forward.ServeHTTP(w, r)
	})
	newPerson(t, line.route).signUp(a, a.shop)
	if got := navigations.Load(); got != 2 {
		t.Errorf("the window navigated to the account origin %d times", got)
	}
}

// The driver's own type lacks the field that browsers up to 150 require. Later ones have it in each condition.
var emulateNetwork = cdp.Command[map[string]any, cdp.Empty]{Method: network.CommandEmulateNetworkConditionsByRule}

// setWidgetOffline disconnects or reconnects the window's network.
func (w *window) setWidgetOffline(yes bool) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := cdp.Call(ctx, tab, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		conditions := []map[string]any{}
		if yes {
			conditions = append(conditions, map[string]any{"urlPattern": "", "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
		}
		_, err := cdp.Call(ctx, tab, emulateNetwork, map[string]any{"matchedNetworkConditions": conditions, "offline": yes})
		return err
	})))
}
