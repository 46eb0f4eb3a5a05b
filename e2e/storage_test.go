package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// refusesStorage imitates a browser that blocks other sites' cookies in frames. It refuses locks, and in the worst case
// storage never responds.
const refusesStorage = `LockManager.prototype.request = () => Promise.reject(new DOMException("refused", "SecurityError"));
	LockManager.prototype.query = LockManager.prototype.request;
	BroadcastChannel = class { constructor() { throw new DOMException("refused", "SecurityError") } };
	IDBFactory.prototype.open = () => ({})`

// Writing, saving and signing out don't wait for storage. The status says that a text is only on this page.
func TestAFrameWithoutStorage(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	p.runOnPage(`addEventListener('aside:error', e => (window.errors ??= []).push(e.detail.code))`)
	w := p.widget(a)
	w.find("button", "Sign in")
	w.reloads(refusesStorage)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.click("Allow")
	popup.closes()
	w.write("Oolong", "spring harvest")
	w.setWidgetOffline(true)
	w.fill("Note", "spring harvest, on this page alone")
	w.sees("Not saved yet – keep this page open")
	w.setWidgetOffline(false)
	w.sees("Saved")
	w.setWidgetOffline(true)
	w.fill("Note", "spring harvest, and nowhere else")
	w.sees("keep this page open")
	w.click("Sign out")
	w.sees("keep this page open")
	w.find("button", "Sign in")
	w.setWidgetOffline(false)
	if errors := evaluate[string](&window{person: p, ctx: p.ctx}, `(window.errors ?? []).join()`); strings.Contains(errors, "frame_blocked") {
		t.Errorf("the page is told %s", errors)
	}
}

// A session that storage returns late continues, and the page receives no event for a blocked frame.
func TestStorageThatOpensLate(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.signUp(a, a.shop)
	w.write("Oolong", "spring harvest")
	p.runOnPage(`addEventListener('aside:error', e => (window.errors ??= []).push(e.detail.code))`)
	w.reloads(`{ const { open } = IDBFactory.prototype;
		IDBFactory.prototype.open = function (...what) {
			const late = {};
			setTimeout(() => {
				const request = open.apply(this, what);
				request.onsuccess = event => { late.result = request.result; late.onsuccess(event) };
			}, 3600);
			return late;
		} }`)
	w.find("button", "Sign in")
	w.sees("Oolong")
	if errors := evaluate[string](&window{person: p, ctx: p.ctx}, `(window.errors ?? []).join()`); strings.Contains(errors, "frame_blocked") {
		t.Errorf("the page is told %s", errors)
	}
}

// reloads reloads a frame in a browser that a script has changed.
func (w *window) reloads(script string) {
	w.t.Helper()
	w.removeFeature(script + `; window.changed = true`)
	evaluate[bool](w, `(setTimeout(() => location.reload()), true)`)
	w.wait("reloaded frame", func() bool {
		changed, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`!!window.changed`))
		return err == nil && changed
	})
}
