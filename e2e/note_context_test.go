package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A page that names itself by its path, and records all that happens to it.
const namedPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>About {name} tea</title><h1>{name}</h1><script>
window.noted = [];
addEventListener('message', e => e.data.type === 'aside:assertion-request' || noted.push('message ' + JSON.stringify(e.data))); // each update causes one
for (const name of ['ready', 'signedin', 'signedout', 'error']) addEventListener('aside:' + name, e => noted.push('event ' + name + JSON.stringify(e.detail)), true);
const changes = new MutationObserver(all => all.forEach(c => c.attributeName === 'context' || noted.push('change ' + c.type + ' ' + c.attributeName + ' ' + c.target.outerHTML)));
window.watch = () => [document, document.querySelector('aside-notes').shadowRoot].forEach(n => changes.observe(n, {subtree: true, childList: true, attributes: true}));
window.frameHeight = () => document.querySelector('aside-notes').getBoundingClientRect().height;
</script><script src="{frame}/v1/aside.js" async></script><aside-notes tenant="{tenant}" context="{name}" style="display: block; min-height: 560px"></aside-notes></html>`

func (a *aside) namedSite(t *testing.T) (site string) {
	return a.startSite(t, "reader.localhost", func(tenant string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			name, language, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			page := strings.NewReplacer("{name}", name, "{tenant}", tenant, "{frame}", a.frame).Replace(namedPage)
			_, _ = w.Write([]byte(strings.Replace(page, "<aside-notes", `<aside-notes locale="`+language+`"`, 1)))
		})
	})
}

// settled waits until the page has received everything that the frame has sent because of what it shows.
func (w *window) settled(page *window) {
	w.t.Helper()
	_, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => { parent.postMessage('settled', '*'); r(true) }))))`, chromedp.EvalAwaitPromise))
	must(w.t, err)
	page.wait("last message", func() bool {
		return evaluate[bool](page, `noted.at(-1) === 'message "settled"' && (noted.pop(), true)`)
	})
}

// order fails unless the window shows texts in this order.
func (w *window) order(texts ...string) {
	w.t.Helper()
	w.wait(strings.Join(texts, ", then "), func() bool {
		rest := w.text()
		for _, text := range texts {
			_, after, found := strings.Cut(rest, text)
			if !found {
				return false
			}
			rest = after
		}
		return true
	})
}

// A note is first on the page on which it was written, and among all others elsewhere; from the account, a link leads back. The tenant learns nothing of that.
func TestNotesKnowTheirPage(t *testing.T) {
	t.Parallel()
	a := start(t)
	site := a.namedSite(t)
	p := newPerson(t)
	w := p.signUp(a, site+"/green")
	w.write("Sencha", "Seventy degrees.")
	p.visit(site + "/black")
	w = p.widget(a)
	w.order("All notes", "Sencha")
	if strings.Contains(w.text(), "This page") {
		t.Errorf("a page without notes has a list of them:\n%s", w.text())
	}
	w.checkAccessibility("on another page")
	w.tabTo("option", "Sencha")
	w.keys(kb.Enter)
	w.find("field", "Note")
	w.closeNote()
	w.write("Assam", "Boiling.")

	page := p.visit(site + "/green")
	w = p.widget(a)
	w.order("This page", "Sencha", "All notes", "Assam")
	w.checkAccessibility("on its page")
	page.screenshot("context-this-page")
	w.tabTo("field", "Search notes")
	w.keys(kb.ArrowDown + kb.ArrowDown)
	if got := w.focused(); !strings.Contains(got, "Assam") {
		t.Errorf("below this page's note, the focus is on %q", got)
	}

	// The page says that it is another one. The list changes, and the tenant sees nothing of it.
	w.settled(page)
	evaluate[bool](page, `(noted = [], watch(), true)`)
	height := evaluate[float64](page, `frameHeight()`)
	for _, c := range []struct {
		name  string
		order []string
	}{{"white", []string{"All notes", "Assam", "Sencha"}}, {"black", []string{"This page", "Assam", "All notes", "Sencha"}}, {"green", []string{"This page", "Sencha", "All notes", "Assam"}}} {
		evaluate[bool](page, `(document.querySelector('aside-notes').context = `+quote(c.name)+`, true)`)
		w.order(c.order...)
		w.settled(page)
		if said := evaluate[[]string](page, `noted`); len(said) > 0 {
			t.Errorf("as %q the page notices %q", c.name, said)
		}
		if got := evaluate[float64](page, `frameHeight()`); got != height {
			t.Errorf("as %q the widget is %v high, not %v", c.name, got, height)
		}
	}
	evaluate[bool](page, `(document.querySelector('aside-notes').context = null, true)`)
	w.wait("list without sections", func() bool {
		return !strings.Contains(w.text(), "This page")
	})

	account := p.account(a, "/notes")
	account.order("Assam", "About black tea", "Sencha", "About green tea")
	account.checkPage("context-account")
	account.follow("Sencha")
	account.find("field", "Note")
	account.find("link", "About green tea")
	if got := evaluate[string](account, `[...document.querySelectorAll('article a[target]')].map(a => a.href + ' ' + a.rel).join()`); got != site+"/green noopener noreferrer" {
		t.Errorf("the link leads to %q", got)
	}

	for _, language := range []string{"de", "ar"} {
		p.visit(site + "/green/" + language)
		p.widget(a).order("Sencha", "Assam")
		(&window{person: p, ctx: p.ctx}).screenshot("context-" + language)
	}
}

// The router of a single-page app names the page, and the title follows later. A note is kept with that title.
func TestNoteHasTheTitleThatARouterSetsLater(t *testing.T) {
	t.Parallel()
	a := start(t)
	site := a.namedSite(t)
	p := newPerson(t)
	p.signUp(a, site+"/green").write("Sencha", "Seventy degrees.")
	page := p.visit(site + "/green")
	w := p.widget(a)
	w.order("This page", "Sencha")
	evaluate[bool](page, `(history.pushState(null, '', '/white'), document.querySelector('aside-notes').context = 'white', true)`)
	w.order("All notes", "Sencha")
	evaluate[bool](page, `(document.title = 'About white tea', true)`)
	w.write("Silver needle", "Eighty degrees.")

	account := p.account(a, "/notes")
	account.order("Silver needle", "About white tea", "Sencha", "About green tea")
}
