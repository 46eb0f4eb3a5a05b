package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// What can go wrong for a person, what they see and how they continue.

func TestAnUnlistedOriginCannotFrameTheWidget(t *testing.T) {
	t.Parallel()
	a := start(t)
	for name, host := range map[string]string{"another site": "evil.localhost", "another port of the shop's": "shop.localhost"} {
		t.Run(name, func(t *testing.T) {
			origin := a.site(t, "t_demo", host)
			p := newPerson(t)
			page := p.visit(origin)
			// The shop's pages embed the widget below the fold, so there is time to add a listener.
			must(t, chromedp.Do(p.ctx, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
				_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(addEventListener('aside:error', e => { window.told = e.detail }), true)`))
				return err
			}), chromedp.ScrollIntoView(chromedp.CSS("aside-notes"))))
			page.wait("error for the page", func() bool { return evaluate[bool](page, `!!window.told`) })
			if got := evaluate[string](page, `told.code + ' ' + told.message`); !strings.HasPrefix(got, "frame_blocked") || !strings.Contains(got, origin) {
				t.Errorf("the page is told %q", got)
			}
			page.find("link", "Open your notes in a new tab")

			response, err := (&http.Client{Transport: loopback}).Get(a.frame + "/embed/t_demo?origin=" + origin)
			must(t, err)
			must(t, response.Body.Close())
			if policy := response.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") {
				t.Errorf("the frame may be framed: %s", policy)
			}
		})
	}
}

func TestAPageThatSeversItsPopups(t *testing.T) {
	t.Parallel()
	a := start(t)
	alice := newPerson(t)
	alice.signUp(a, a.shop).write("Oolong", "spring harvest")

	// With Cross-Origin-Opener-Policy: same-origin the window opens, cut off from the page.
	alice.visit(a.shop + "/coop/")
	w := alice.widget(a)
	w.sees("Oolong") // the shop's pages share one session
	w.click("Sign out")
	tab := w.opens(func() { w.click("Sign in") })
	w.sees("or opened separately")
	w.find("link", "Open your notes in a new tab")

	tab.click("Sign in")
	tab.click("Sign in with a passkey")
	tab.sees("Oolong")
	if address := evaluate[string](tab, `location.href`); strings.Contains(address, "code=") {
		t.Errorf("the code stays in the address: %s", address)
	}
	tab.write("Sencha", "first flush")

	// The session belongs to the tab and survives its reload.
	must(t, chromedp.Do(tab.ctx, chromedp.Reload()))
	tab.sees("Sencha")
}

func TestAClosedPopup(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	w := p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.find("button", "Create an account")
	popup.close()
	w.sees("The sign-in window was closed.")

	popup = w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.click("Allow")
	popup.closes()
	w.find("button", "New note")
}

func TestACanceledPrompt(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	w := p.widget(a)
	p.dialog = cancels
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.sees("The prompt was closed or timed out")
	if strings.Contains(popup.text(), "Lost your passkey?") {
		t.Error("who has no account yet is asked for a recovery code")
	}

	popup.answer(agrees)
	popup.click("Try again")
	popup.click("Allow")
	popup.closes()
	w.find("button", "New note")

	// A person with an account may have its passkey on another device, or may have lost it.
	w.click("Sign out")
	popup = w.opens(func() { w.click("Sign in") })
	popup.click("Sign in with a passkey")
	popup.sees("The prompt was closed or timed out")
	popup.inOrder("popup-canceled")
	evaluate[bool](popup, `(navigator.credentials.get = function ({publicKey}) {
		window.hints = publicKey.hints;
		return Object.getPrototypeOf(this).get.apply(this, arguments);
	}, true)`)
	popup.press("Use another device")
	popup.wait("prompt for other devices", func() bool { return evaluate[string](popup, `String(window.hints)`) == "hybrid,security-key" })
	popup.sees("The prompt was closed or timed out")
	popup.press("Lost your passkey?")
	popup.find("field", "Recovery code")
	popup.click("Back")
	popup.answer(agrees)
	popup.click("Sign in with a passkey")
	popup.closes()
	w.find("button", "New note")
}

func TestNotNow(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	w := p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.click("Not now")
	popup.closes()
	w.sees("You did not allow Hillside Tea")
	w.find("button", "Sign in")
}

func TestABlockedPopup(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	w := p.widget(a)
	w.find("button", "Sign in")
	// A script may open a window only in a person's click, and this script runs without one.
	evaluate[bool](w, `(document.getElementById('sign-in').click(), true)`)
	w.sees("The sign-in window was blocked")
	w.find("link", "Open your notes in a new tab")

	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.click("Allow")
	popup.closes()
	w.find("button", "New note")
}

func TestTheNetworkFails(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.signUp(a, a.shop)
	w.write("Oolong", "spring harvest")

	w.offline(true)
	w.fill("Note", "spring harvest, two tins")
	w.sees("Offline – saved on this device")
	w.offline(false)
	w.sees("Saved")
	p.visit(a.shop)
	w = p.widget(a)
	w.clickOn("option", "Oolong")
	if got := w.value("Note"); got != "spring harvest, two tins" {
		t.Errorf("after the failure the note says %q", got)
	}

	w.click("Sign out")
	w.find("button", "Sign in")
	w.offline(true)
	w.click("Sign in")
	w.sees("The connection failed") // the opened window has closed again
	w.offline(false)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Sign in with a passkey")
	popup.closes()
	w.sees("Oolong")
}

func TestTwoDevicesWriteOneNote(t *testing.T) {
	t.Parallel()
	a := start(t)
	laptop, phone := newPerson(t), newPerson(t)
	first := laptop.signUp(a, a.shop)
	first.write("Oolong", "as it was")
	phone.passkeys = laptop.passkeys // synchronized between the devices
	second := phone.signIn(a, a.shop)

	first.offline(true)
	first.fill("Note", "from the laptop")
	first.sees("Offline – saved on this device")
	second.clickOn("option", "Oolong")
	second.fill("Note", "from the phone")
	second.sees("Saved")

	first.offline(false)
	first.sees("This note was changed elsewhere")
	first.sees("from the laptop")
	first.sees("from the phone")
	first.click("Keep this version")
	first.sees("Saved")

	phone.visit(a.shop)
	second = phone.widget(a)
	second.clickOn("option", "Oolong")
	if got := second.value("Note"); got != "from the laptop" {
		t.Errorf("the phone shows %q", got)
	}
}

func (w *window) close() {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, cdppage.Close, cdp.Empty{})
		return err
	})))
}

// The driver's own type lacks the field that browsers up to 150 require. Later ones have it in each condition.
var emulateNetwork = cdp.Command[map[string]any, cdp.Empty]{Method: network.CommandEmulateNetworkConditionsByRule}

// offline disconnects or reconnects the window's network.
func (w *window) offline(yes bool) {
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
