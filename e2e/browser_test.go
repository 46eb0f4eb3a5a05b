package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// browser is one Chromium. Only one window at a time has the focus in it, so each running test has its own browser.
type browser struct {
	ctx    context.Context
	cancel context.CancelFunc
	users  int
}

// browsers holds all browsers that this test binary has started.
var browsers struct {
	mu    sync.Mutex
	all   []*browser
	taken map[string]*browser // by the name of the test
}

// browserOf returns the browser of a test and its subtests.
func browserOf(t testing.TB) *browser {
	t.Helper()
	test, _, _ := strings.Cut(t.Name(), "/")
	browsers.mu.Lock()
	defer browsers.mu.Unlock()
	b := browsers.taken[test]
	if b == nil {
		if i := slices.IndexFunc(browsers.all, func(b *browser) bool { return b.users == 0 }); i >= 0 {
			b = browsers.all[i]
		} else {
			b = launch(t)
			browsers.all = append(browsers.all, b)
		}
		if browsers.taken == nil {
			browsers.taken = map[string]*browser{}
		}
		browsers.taken[test] = b
	}
	b.users++
	t.Cleanup(func() {
		browsers.mu.Lock()
		defer browsers.mu.Unlock()
		if b.users--; b.users == 0 {
			delete(browsers.taken, test)
		}
	})
	return b
}

func launch(t testing.TB) *browser {
	t.Helper()
	// The options of a person's browser: popup blocker and storage partitions are on.
	allocator, release := chromedp.NewExecAllocator(context.Background(),
		chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		// Chromium's preloaded windows cost more than all of ours, and the tests don't use its address bar.
		chromedp.Flag("disable-features", "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,SpareRendererForSitePerProcess"),
	)
	ctx, quit := chromedp.NewContext(allocator)
	b := &browser{ctx: ctx, cancel: func() { quit(); release() }}
	if err := chromedp.Do(ctx); err != nil {
		b.cancel()
		t.Fatalf("no browser: %v", err)
	}
	return b
}

func closeBrowsers() {
	for _, b := range browsers.all {
		b.cancel()
	}
}

// person is a browser profile and the person's passkeys.
type person struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	passkeys map[string]*webauthn.Credential // by credential id; a popup's authenticator ends with the popup
	dialog   dialog
	prf      bool                            // new authenticators give secrets (WebAuthn's prf extension)
	device   webauthn.AuthenticatorTransport // the kind of authenticator for new passkeys, by default this computer
}

func newPerson(t testing.TB, profile ...chromedp.CreateBrowserContextOption) *person {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browserOf(t).ctx, chromedp.WithNewBrowserContext(profile...))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	must(t, chromedp.Do(ctx))
	return &person{t: t, ctx: ctx, passkeys: map[string]*webauthn.Credential{}, device: webauthn.AuthenticatorTransportInternal}
}

// window is a page, a popup or an iframe, with what a person can do in it.
type window struct {
	*person
	ctx           context.Context
	authenticator webauthn.AuthenticatorID // of an opened window
}

// visit opens an address in the person's first tab.
func (p *person) visit(address string) *window {
	p.t.Helper()
	must(p.t, chromedp.Do(p.ctx, chromedp.Navigate(address)))
	return &window{person: p, ctx: p.ctx}
}

// newTab opens an address in another tab.
func (p *person) newTab(address string) *window {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	p.t.Cleanup(cancel)
	must(p.t, chromedp.Do(ctx, chromedp.Navigate(address)))
	return &window{person: p, ctx: ctx}
}

// widget returns the frame on the person's current page. It scrolls to the frame, since the frame loads only near the
// visible area.
func (p *person) widget(a *aside) *window {
	p.t.Helper()
	must(p.t, chromedp.Do(p.ctx, chromedp.ScrollIntoView(chromedp.CSS("aside-notes"))))
	return p.frame(a.frame + "/embed/")
}

// frame waits until a frame of an address has loaded, and returns it.
func (p *person) frame(prefix string) *window {
	p.t.Helper()
	own := chromedp.FromContext(p.ctx).BrowserContextID
	var found *window
	p.waitFor("frame of "+prefix, func() bool {
		infos, err := chromedp.Targets(p.ctx)
		if err != nil {
			return false
		}
		for _, i := range infos {
			if i.Type == "iframe" && i.BrowserContextID == own && strings.HasPrefix(i.URL, prefix) {
				if w := p.attach(i.TargetID); w != nil && w.loaded(prefix) {
					found = w
				}
			}
		}
		return found != nil
	})
	return found
}

// attach connects to a window. It returns nil for one that is just closing.
func (p *person) attach(id target.ID) *window {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(id), chromedp.WithDetachOnCancel())
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		return nil
	}
	p.t.Cleanup(cancel)
	_ = chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*runtime.EventExceptionThrown); ok {
			p.t.Logf("a script failed: %s %s", e.ExceptionDetails.Text, e.ExceptionDetails.Exception.Description)
		}
	})
	return &window{person: p, ctx: ctx}
}

func (w *window) loaded(prefix string) bool {
	yes, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`document.readyState === 'complete' && location.href.startsWith(`+quote(prefix)+`)`))
	return err == nil && yes
}

// opens calls do, and returns the window that this opens with the person's passkeys available. The window may have no
// opener.
func (w *window) opens(do func()) *window {
	w.t.Helper()
	before := w.windows()
	do()
	var opened target.ID
	w.wait("new window", func() bool {
		for id := range w.windows() {
			if !before[id] {
				opened = id
			}
		}
		return opened != ""
	})
	var popup *window
	w.wait("new window that stays", func() bool { // it may move to another process
		popup = w.attach(opened)
		return popup != nil
	})
	popup.connectAuthenticator()
	return popup
}

// windows returns the pages that the person has open.
func (p *person) windows() map[target.ID]bool {
	p.t.Helper()
	own := chromedp.FromContext(p.ctx).BrowserContextID
	infos, err := chromedp.Targets(p.ctx)
	must(p.t, err)
	pages := map[target.ID]bool{}
	for _, i := range infos {
		if i.Type == "page" && i.BrowserContextID == own {
			pages[i.TargetID] = true
		}
	}
	return pages
}

// locate finds an element by its label or text and returns its center, or null if it is missing, hidden or inert. Given a
// hit, it returns whether the hit was on such an element.
const locate = `(role, name, hit) => {
	const selectors = {button: 'button, [role=button]', link: 'a[href]', field: 'input, textarea, select', option: 'li button, li a, [role=option]'};
	const text = s => (s || '').replace(/\s+/g, ' ').trim();
	const called = e => e.getAttribute('aria-label') || (e.labels && e.labels.length ? [...e.labels].map(l => l.textContent).join(' ') : '') || e.innerText || e.title;
	const all = root => [...root.querySelectorAll(selectors[role]), ...[...root.querySelectorAll('aside-notes')].flatMap(n => n.shadowRoot ? all(n.shadowRoot) : [])];
	for (const e of all(document)) {
		const there = role === 'option' ? text(e.innerText).includes(name) : text(called(e)) === name;
		if (there && hit) { if (e.contains(hit) || (e.labels && [...e.labels].some(l => l.contains(hit)))) return true; continue; }
		if (!there || e.disabled || e.getAttribute('aria-disabled') === 'true' || e.closest('[inert],[hidden]')) continue;
		e.scrollIntoView({block: 'center'});
		const r = e.getBoundingClientRect();
		if (!r.width || !r.height || getComputedStyle(e).visibility === 'hidden') continue;
		return {x: r.x + r.width / 2, y: r.y + r.height / 2};
	}
	return hit ? false : null;
}`

type point struct{ X, Y float64 }

func (w *window) find(role, name string) *point {
	w.t.Helper()
	var at, before *point
	w.wait(fmt.Sprintf("%s %q that stands still", role, name), func() bool {
		before, at = at, w.evaluatePoint(fmt.Sprintf("(%s)(%s, %s)", locate, quote(role), quote(name)))
		return at != nil && before != nil && *at == *before
	})
	return at
}

func (w *window) evaluatePoint(expression string) *point {
	at, err := chromedp.Run(w.ctx, chromedp.Evaluate[*point](expression))
	if err != nil {
		return nil // the document is being replaced
	}
	return at
}

// click clicks a button by its name with the mouse, at its position.
func (w *window) click(name string) {
	w.t.Helper()
	w.clickOn("button", name)
}

func (w *window) clickOn(role, name string) {
	w.t.Helper()
	w.wait(fmt.Sprintf("%s %q that can be hit", role, name), func() bool {
		at := w.find(role, name)
		// The page may move under the pointer while a frame grows or the page scrolls. A click that hits another element is
		// blocked, since it would trigger something else, and repeated.
		aimed := fmt.Sprintf(`(window.aim?.abort(), window.aim = new AbortController(), window.hit = null,
			['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'].forEach(type => addEventListener(type, e => {
				const on = (%s)(%s, %s, e.composedPath()[0]);
				if (!on) { e.preventDefault(); e.stopImmediatePropagation(); }
				if (type === 'click') { window.hit = e.isTrusted && on; aim.abort(); }
			}, {capture: true, signal: aim.signal})), true)`,
			locate, quote(role), quote(name))
		if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](aimed)); err != nil {
			return false
		}
		if err := chromedp.Do(w.ctx, chromedp.MouseClickXY(at.X, at.Y)); err != nil {
			w.t.Logf("clicking on %q: %v", name, err) // the click may have closed the window
		}
		// A busy browser may answer before it clicks. Repeating the click too early would also click on what replaces the button.
		hit, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`new Promise(settle => {
			const started = performance.now(), look = () => window.hit === null && performance.now() - started < 3000 ? setTimeout(look, 10) : (window.aim?.abort(), settle(String(window.hit)));
			look();
		})`, chromedp.EvalAwaitPromise))
		if err != nil {
			w.t.Logf("after a click on %q: %v", name, err)
			return true // the click may have closed the window
		}
		return hit == "true" || hit == "undefined" // in a new document
	})
}

// named finds a field in a document by its label.
const named = `name => [...document.querySelectorAll('input, textarea')].find(e =>
	(e.getAttribute('aria-label') || [...e.labels].map(l => l.textContent).join(' ')).trim() === name)`

// fill replaces the content of a field key by key.
func (w *window) fill(label, value string) {
	w.t.Helper()
	w.wait(fmt.Sprintf("focus in the field %q", label), func() bool {
		w.clickOn("field", label) // again if it moved
		return evaluate[bool](w, fmt.Sprintf(`{ const field = (%s)(%s); field === document.activeElement && (field.select(), true) }`, named, quote(label)))
	})
	must(w.t, chromedp.Do(w.ctx, chromedp.KeyEvent(value)))
}

func (w *window) value(label string) string {
	w.t.Helper()
	w.find("field", label)
	return evaluate[string](w, fmt.Sprintf(`(%s)(%s).value`, named, quote(label)))
}

// sees waits until the window shows a text.
func (w *window) sees(text string) {
	w.t.Helper()
	w.wait(fmt.Sprintf("%q", text), func() bool { return strings.Contains(w.text(), text) })
}

// text returns the text in the window, or why that is unknown.
func (w *window) text() string {
	s, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText : '(no document yet)'`))
	if err != nil {
		return fmt.Sprintf("(%v)", err)
	}
	return s
}

// closes waits until the window has closed.
func (w *window) closes() {
	w.t.Helper()
	detached, err := chromedp.Detached(w.ctx)
	if err != nil {
		return
	}
	select {
	case <-detached:
	case <-time.After(time.Minute):
		w.t.Fatalf("the window stays open; it shows:\n%s", w.text())
	}
}

func evaluate[T any](w *window, expression string) T {
	w.t.Helper()
	v, err := chromedp.Run(w.ctx, chromedp.Evaluate[T](expression))
	must(w.t, err)
	return v
}

// wait waits for a condition in a window. On failure it prints the window's text.
func (w *window) wait(what string, condition func() bool) {
	w.t.Helper()
	if !poll(w.ctx, condition) {
		w.t.Fatalf("no %s; the window shows:\n%s", what, w.text())
	}
}

func (p *person) waitFor(what string, condition func() bool) {
	p.t.Helper()
	if !poll(p.ctx, condition) {
		p.t.Fatalf("no %s", what)
	}
}

func poll(ctx context.Context, condition func() bool) bool {
	patience := time.After(time.Minute) // long enough for a busy machine
	for pause := 20 * time.Millisecond; !condition(); pause = min(pause*5/4, 60*time.Millisecond) {
		select {
		case <-time.After(pause): // leaves the machine to the browser
		case <-patience:
			return false
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}
