package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// titles returns the titles in a window's list in order.
func (w *window) titles() []string {
	w.t.Helper()
	return evaluate[[]string](w, `[...document.querySelectorAll('.shelf li b')].map(b => b.textContent)`)
}

// installed is the service worker of a company's site that opens offline like an installed app.
const installed = `addEventListener('install', event => event.waitUntil(caches.open('page').then(kept => kept.add('/')).then(() => skipWaiting())));
addEventListener('activate', event => event.waitUntil(clients.claim()));
addEventListener('fetch', event => event.respondWith(fetch(event.request).catch(() => caches.match(event.request))));`

func TestNotesWrittenOfflineAreSavedOnce(t *testing.T) {
	t.Parallel()
	a := start(t)
	site := a.startSite(t, "installed.localhost", func(tenant string) http.Handler {
		page := htmlHandler(documentedSnippet(t, "# Embedding the widget", "html", a.frame, tenant) +
			`<script>window.installed = navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready).then(() => true)</script>`)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/worker.js" {
				page.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, installed)
		})
	})
	line := newProxy(t)
	p := newPerson(t, line.route)
	w := p.signUp(a, site)
	w.write("Before", "online")
	page := &window{person: p, ctx: p.ctx}
	await[bool](page, `window.installed`)
	w.readyForOffline()
	write := func(from, to int) {
		for i := from; i < to; i++ {
			w.click("New note")
			w.fill("Title", fmt.Sprintf("Note %d", i))
			w.fill("Note", strings.Repeat("offline ", i+1))
			w.sees("Offline – saved on this device")
		}
	}
	lost := time.Now()
	line.disconnect()
	write(0, 5)
	// The stored data is unreadable.
	if kept := w.storedData(); !strings.Contains(kept, "draft t_") || strings.Contains(kept, "offline") {
		t.Errorf("the browser keeps\n%s", kept)
	}
	p.visit(site)
	w = p.widget(a)
	w.sees("Note 4")
	write(5, 10)
	time.Sleep(time.Until(lost.Add(30 * time.Second))) // the outage lasts 30 s
	line.reconnect()
	w.wait("everything saved", func() bool { return !strings.Contains(w.text(), "Offline") && !strings.Contains(w.text(), "Saving") })
	w.wait("nothing left behind", func() bool { return !strings.Contains(w.storedData(), "draft ") })

	p.visit(site)
	w = p.widget(a)
	w.sees("Note 9")
	seen := map[string]int{}
	for _, title := range w.titles() {
		seen[title]++
	}
	for i := range 10 {
		if n := seen[fmt.Sprintf("Note %d", i)]; n != 1 {
			t.Errorf("note %d is there %d times", i, n)
		}
	}
}

// readyForOffline waits until the frame could load without a network.
func (w *window) readyForOffline() {
	w.t.Helper()
	w.wait("service worker of the frame", func() bool {
		return await[bool](w, `(async () => !!(await navigator.serviceWorker.getRegistration())?.active && !!(await caches.match(location.href)))()`)
	})
}

// The server decides which pages may frame the notes. The cached frame is used only without a network.
func TestRemovedOriginEndsOfflineUse(t *testing.T) {
	t.Parallel()
	a := start(t)
	tenant := ""
	site := a.startSite(t, "kept.localhost", func(key string) http.Handler {
		tenant = key
		return htmlHandler(documentedSnippet(t, "# Embedding the widget", "html", a.frame, key))
	})
	p := newPerson(t)
	p.signUp(a, site).readyForOffline()
	out, err := a.runCommand(t, "tenant", "origin", "remove", tenant, site)
	if err != nil {
		t.Fatal(out, err)
	}
	blocked := func() bool {
		page := p.visit(site)
		page.wait("frame or refusal", func() bool {
			return evaluate[bool](page, `!!document.querySelector('aside-notes').shadowRoot.querySelector('a, iframe:not([style*=opacity])')`)
		})
		return evaluate[bool](page, `!!document.querySelector('aside-notes').shadowRoot.querySelector('a')`)
	}
	p.waitFor("refusal of an origin that was removed", blocked)
}

func TestUnsavedTextIsShownToItsAuthorOnly(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.signUp(a, a.shop)
	w.write("Oolong", "spring harvest")
	w.setWidgetOffline(true)
	w.fill("Note", "spring harvest, mine alone")
	w.sees("Offline – saved on this device")
	w.click("Sign out")
	w.sees("Your unsaved text is kept")

	// The next person in this browser, on another page and with another passkey.
	alices := p.passkeys
	p.passkeys = map[string]*webauthn.Credential{}
	p.visit(a.shop)
	w = p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Use another account") // offline, so the server doesn't know
	popup.createSecond()
	popup.click("Allow")
	popup.closes()
	w.sees("No notes yet")
	if strings.Contains(w.text(), "mine alone") {
		t.Error("the next person sees it")
	}
	w.click("Sign out")
	w.find("button", "Sign in")

	// When the author returns, the note is there and on the server.
	p.passkeys = alices
	w = p.signIn(a, a.shop)
	w.clickOn("option", "Oolong")
	w.wait("the text that was kept", func() bool { return w.value("Note") == "spring harvest, mine alone" })
	w.wait("it saved", func() bool { return !strings.Contains(w.storedData(), "draft ") })
}

// tab opens an address in another tab of the same browser and returns its widget.
func (p *person) tab(a *aside, address string) *window {
	p.t.Helper()
	before := p.frames(a)
	page := p.newTab(address)
	must(p.t, chromedp.Do(page.ctx, chromedp.ScrollIntoView(chromedp.CSS("aside-notes"))))
	var found *window
	p.waitFor("widget in the other tab", func() bool {
		for id := range p.frames(a) {
			if w := p.attach(id); !before[id] && w != nil && w.loaded(a.frame) {
				found = w
			}
		}
		return found != nil
	})
	return found
}

// frames returns the widgets on the person's open pages.
func (p *person) frames(a *aside) map[target.ID]bool {
	p.t.Helper()
	own := chromedp.FromContext(p.ctx).BrowserContextID
	infos, err := chromedp.Targets(p.ctx)
	must(p.t, err)
	frames := map[target.ID]bool{}
	for _, i := range infos {
		if i.Type == "iframe" && i.BrowserContextID == own && strings.HasPrefix(i.URL, a.frame+"/embed/") {
			frames[i.TargetID] = true
		}
	}
	return frames
}

// storedData returns everything in the frame's IndexedDB, decoded as text.
func (w *window) storedData() string {
	w.t.Helper()
	text, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`new Promise((done, fail) => {
		const open = indexedDB.open('aside');
		open.onerror = fail;
		open.onsuccess = () => {
			const store = open.result.transaction('kept').objectStore('kept'), [keys, values] = [store.getAllKeys(), store.getAll()];
			values.onsuccess = () => done(keys.result.map((key, i) => key + ' ' + JSON.stringify(values.result[i], (_, v) =>
				v instanceof ArrayBuffer ? new TextDecoder().decode(v) : v)).join('\n'));
		};
	})`, chromedp.EvalAwaitPromise))
	must(w.t, err)
	return text
}
