package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// layoutShift returns a page's cumulative layout shift, without shifts after a visitor's action, once everything is painted.
func (w *window) layoutShift() float64 {
	w.t.Helper()
	return await[float64](w, `new Promise(done => {
		let sum = 0;
		new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.hadRecentInput ? 0 : e.value)).observe({type: 'layout-shift', buffered: true});
		requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum))));
	})`)
}

// Nothing on the page moves when the notes appear, however many there are. Visible content below them stays until the visitor
// interacts with them.
func TestNoLayoutShift(t *testing.T) {
	t.Parallel()
	a := start(t)
	room := a.startSite(t, "room.localhost", func(tenant string) http.Handler {
		snippet := documentedSnippet(t, "# Embedding the widget", "html", a.frame, tenant)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			htmlHandler(strings.Replace(snippet, "<aside-notes", `<aside-notes locale="`+r.URL.Query().Get("locale")+`"`, 1)).ServeHTTP(w, r)
		})
	})
	// Without the style, with the script loaded before the element is painted.
	bare := a.startSite(t, "bare.localhost", func(tenant string) http.Handler {
		return htmlHandler(fmt.Sprintf(`<script src="%s/v1/aside.js"></script><aside-notes tenant="%s"></aside-notes>`, a.frame, tenant))
	})
	p := newPerson(t)
	page := &window{person: p, ctx: p.ctx}
	still := func(name string) {
		t.Helper()
		if shift := page.layoutShift(); shift > 0 {
			t.Errorf("%s: the page's layout shifted by %v", name, shift)
		}
	}
	height := func() int {
		return evaluate[int](page, `document.querySelector('aside-notes').shadowRoot.querySelector('iframe').offsetHeight`)
	}

	for _, site := range []string{bare, room} {
		p.visit(site + "/")
		p.widget(a).find("button", "Sign in")
		still("signed out at " + site)
		if frame := height(); frame != 240 {
			t.Errorf("the frame fills %d px of the 240", frame)
		}
	}
	for _, tag := range []string{"ar", "ja"} {
		p.visit(room + "/?locale=" + tag)
		p.widget(a).find("button", texts(t, tag)["signIn"])
		still("signed out, " + tag)
	}
	w := p.signUp(a, room+"/")
	for i := range 4 {
		w.write(fmt.Sprintf("Note %d", i), "spring harvest")
		w.closeNote()
	}
	for _, tag := range []string{"en", "ar", "ja"} {
		p.visit(room + "/?locale=" + tag)
		w = p.widget(a)
		w.sees("Note 3")
		still("signed in, " + tag)
		if below := evaluate[float64](page, `document.getElementById('below').getBoundingClientRect().top`); below > 600 {
			t.Fatalf("what stands below is at %v: it is not in sight", below)
		}
		w.click(texts(t, tag)["newNote"])
		page.wait("room for all of the notes once the visitor turns to them", func() bool { return height() > 400 })
	}
	// Out of sight, the space is reserved at once.
	must(t, chromedp.Do(p.ctx, chromedp.EmulateViewport(800, 200)))
	p.visit(room + "/")
	p.widget(a).sees("Note 3")
	page.wait("room for all of the notes", func() bool { return height() > 400 })
	still("out of sight")
}

// An element with a maximum height stays within it, and its notes scroll.
func TestMaximumHeight(t *testing.T) {
	t.Parallel()
	a := start(t)
	site := a.startSite(t, "shelf.localhost", func(tenant string) http.Handler {
		return htmlHandler(fmt.Sprintf(`<script src="%s/v1/aside.js" async></script><aside-notes tenant="%s" style="max-height: 300px"></aside-notes><p id="below">Teas`,
			a.frame, tenant))
	})
	p := newPerson(t)
	page := &window{person: p, ctx: p.ctx}
	w := p.signUp(a, site+"/")
	for i := range 6 {
		w.write(fmt.Sprintf("Note %d", i), "spring harvest")
		w.closeNote()
	}
	w.wait("notes that are higher than the frame", func() bool {
		return evaluate[bool](w, `document.documentElement.scrollHeight > innerHeight && innerHeight > 240`)
	})
	if got := evaluate[string](page, `['aside-notes', '#below'].map(e => document.querySelector(e).getBoundingClientRect()).map(r => [r.height, r.top]).join()
		+ ' ' + document.querySelector('aside-notes').shadowRoot.querySelector('iframe').offsetHeight`); !strings.HasPrefix(got, "300,") || !strings.HasSuffix(got, " 300") {
		t.Errorf("the element, what is below it, and its frame: %s", got)
	}
	// The lower edge cuts no row but the first one: the others are there only if they fit.
	rows := func(scroll int) string {
		return await[string](w, fmt.Sprintf(`new Promise(resolve => {
			scrollTo(0, %d);
			requestAnimationFrame(() => requestAnimationFrame(() => resolve([...document.querySelectorAll('.row')].map(row =>
				(row.getBoundingClientRect().bottom < innerHeight + 2 ? 'fits ' : 'cut ') + getComputedStyle(row).opacity).join())));
		})`, scroll))
	}
	for _, scroll := range []int{0, 60, 113, 257, 9999} {
		got := rows(scroll)
		if first, others, _ := strings.Cut(got, ","); !strings.HasSuffix(first, " 1") || strings.Contains(others, "cut 1") || strings.Contains(others, "fits 0") {
			t.Errorf("rows, %d px further down: %s", scroll, got)
		}
	}
	if got := rows(9999); strings.Contains(got, "cut") {
		t.Errorf("at the end of the list: %s", got)
	}
	w.clickOn("option", "Note 0") // the last one
	if got := w.value("Note"); got != "spring harvest" {
		t.Errorf("the last note says %q", got)
	}
}

// The person's name appears after the button for a new note, which doesn't move, however narrow the page is.
func TestNewNoteButtonDoesNotMove(t *testing.T) {
	t.Parallel()
	a := start(t)
	g := newGate(t)
	p := g.newPerson(t)
	w := p.signUp(a, a.shop)
	who := evaluate[string](w, `document.querySelector('.who').textContent`)
	for _, width := range []int64{320, 480, 1280} {
		must(t, chromedp.Do(p.ctx, chromedp.EmulateViewport(width, 900)))
		g.close()
		p.visit(a.shop)
		w = p.widget(a)
		before := *w.find("button", "New note")
		if evaluate[string](w, `document.querySelector('.who').textContent`) != "" {
			t.Fatal("the name came through the gate")
		}
		g.open()
		w.sees(who)
		if after := *w.find("button", "New note"); after != before {
			t.Errorf("%d px wide: New note moves from %v to %v", width, before, after)
		}
	}
}
