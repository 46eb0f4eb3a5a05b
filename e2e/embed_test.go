package e2e

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/company-a/aside/db"
)

// Companies that only follow docs/embedding.md.

// documentedSnippet returns the code in a language below a heading of docs/embedding.md, with the given values filled in.
func documentedSnippet(t *testing.T, heading, language, frameOrigin, tenant string) string {
	t.Helper()
	page, err := os.ReadFile("../docs/embedding.md")
	must(t, err)
	_, section, found := strings.Cut(string(page), heading+"\n")
	if !found {
		t.Fatalf("docs/embedding.md has no %q", heading)
	}
	code := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindStringSubmatch(section)
	if code == nil {
		t.Fatalf("docs/embedding.md has no %s below %q", language, heading)
	}
	return strings.NewReplacer("https://notes.example", frameOrigin, "t_yourkey", tenant).Replace(code[1])
}

// startSite creates a tenant with its own page. page receives the tenant's key and returns the content.
func (a *aside) startSite(t *testing.T, host string, page func(tenant string) http.Handler) (site string) {
	t.Helper()
	late := &lateHandler{}
	server := httptest.NewServer(late)
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	must(t, err)
	site = "http://" + host + ":" + port
	command := exec.CommandContext(t.Context(), binary, "tenant", "create", "--name", "Reader", "--origin", site)
	command.Env = a.env
	out, err := command.Output()
	must(t, err)
	var tenant struct{ ID string }
	must(t, json.Unmarshal(out, &tenant))
	late.Handler = page(tenant.ID)
	return site
}

// htmlHandler serves a page with headers given as names and values.
func htmlHandler(body string, header ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		_, _ = w.Write([]byte("<!doctype html><html lang=\"en\"><title>Reader</title><h1>Reader</h1>" + body + "<p id=\"below\">Below.</p></html>"))
	})
}

func TestAPlainPageEmbedsIt(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	site := a.startSite(t, "plain.localhost", func(tenant string) http.Handler {
		return htmlHandler(documentedSnippet(t, "# Embedding the widget", "html", a.frame, tenant) + `<script>` +
			documentedSnippet(t, "## Attributes, methods and events", "js", a.frame, tenant) + `</script>`)
	})
	page := p.visit(site)
	w := p.widget(a)
	w.find("button", "Sign in")
	w.waitForFocus("Sign in") // the queue has opened it

	// The widget stores nothing on the page's origin, and nothing on the page has moved.
	if kept := evaluate[string](page, `localStorage.length + sessionStorage.length + document.cookie`); kept != "0" {
		t.Errorf("the page keeps %s", kept)
	}
	databases, err := chromedp.Run(p.ctx, chromedp.Evaluate[int](`indexedDB.databases().then(all => caches.keys().then(more => all.length + more.length))`, chromedp.EvalAwaitPromise))
	must(t, err)
	if databases > 0 {
		t.Errorf("the page has %d databases", databases)
	}
	shift, err := chromedp.Run(p.ctx, chromedp.Evaluate[float64](`new Promise(done => {
		let sum = 0;
		new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value)).observe({type: 'layout-shift', buffered: true});
		requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
	})`, chromedp.EvalAwaitPromise))
	must(t, err)
	if shift > 0 {
		t.Errorf("the page's layout shifted by %v", shift)
	}
	for _, from := range evaluate[[]string](page, `performance.getEntriesByType('resource').map(e => new URL(e.name).origin)`) {
		if from != a.frame && from != site {
			t.Errorf("something came from %s", from)
		}
	}
	for _, from := range evaluate[[]string](w, `performance.getEntriesByType('resource').map(e => new URL(e.name).origin)`) {
		if from != a.frame {
			t.Errorf("the frame asked %s", from)
		}
	}
}

func TestThePageHidesAndShowsIt(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	page := p.visit(a.startSite(t, "hides.localhost", func(tenant string) http.Handler {
		return htmlHandler(documentedSnippet(t, "# Embedding the widget", "html", a.frame, tenant))
	}))
	w := p.widget(a)
	w.find("button", "Sign in")
	for command, height := range map[string]string{"close": "0", "open": "240"} {
		evaluate[bool](page, `(document.querySelector('aside-notes').`+command+`(), true)`)
		if got := evaluate[string](page, `String(document.querySelector('aside-notes').offsetHeight)`); got != height {
			t.Errorf("after %s() the widget is %s px high", command, got)
		}
	}
}

func TestAPageWithAStrictPolicyEmbedsIt(t *testing.T) {
	t.Parallel()
	a := start(t)
	for name, policy := range map[string]string{
		"by origin": "default-src 'none'; script-src " + a.frame + "; frame-src " + a.frame,
		"by nonce":  "default-src 'none'; base-uri 'none'; script-src 'nonce-r4nd0m' 'strict-dynamic'; frame-src " + a.frame,
	} {
		t.Run(name, func(t *testing.T) {
			p := newPerson(t)
			site := a.startSite(t, "strict.localhost", func(tenant string) http.Handler {
				return htmlHandler(documentedSnippet(t, "## Headers of your page", "html", a.frame, tenant), "Content-Security-Policy", policy,
					"Cross-Origin-Embedder-Policy", "require-corp", "Referrer-Policy", "no-referrer")
			})
			p.visit(site)
			p.widget(a).find("button", "Sign in")
			// The page's console stays empty, too.
			if refused := evaluate[string](&window{person: p, ctx: p.ctx}, `(() => {
				const reports = new ReportingObserver(() => {}, {types: ['csp-violation'], buffered: true});
				reports.observe();
				return reports.takeRecords().map(({body}) => body.effectiveDirective).filter(directive => directive.startsWith('style')).join();
			})()`); refused != "" {
				t.Errorf("the page refuses a style of the element: %s", refused)
			}
		})
	}
}

func TestAPinnedScript(t *testing.T) {
	t.Parallel()
	a := start(t)
	response, err := (&http.Client{Transport: loopback}).Get(a.frame + "/v1/aside.json")
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	var today struct{ File, Integrity string }
	must(t, json.NewDecoder(response.Body).Decode(&today))
	site := a.startSite(t, "pinned.localhost", func(tenant string) http.Handler {
		tag := documentedSnippet(t, "## One version, pinned", "html", a.frame, tenant)
		return htmlHandler(strings.NewReplacer("aside.0123456789ab.js", today.File, "sha384-…", today.Integrity).Replace(tag) + `<aside-notes tenant="` + tenant + `"></aside-notes>`)
	})
	p := newPerson(t)
	p.visit(site)
	p.widget(a).find("button", "Sign in")
}

// A React 19 app bundled the usual way, with the package and the component of the documentation.
func TestAReactAppEmbedsIt(t *testing.T) {
	t.Parallel()
	a := start(t)
	site := a.startSite(t, "react.localhost", func(tenant string) http.Handler {
		app := a.project(t, "notes.jsx", documentedSnippet(t, "## In React", "jsx", a.frame, tenant), "main.jsx", `
			import { StrictMode } from "react";
			import { createRoot } from "react-dom/client";
			import { Notes } from "./notes.jsx";
			createRoot(document.getElementById("root")).render(<StrictMode><Notes /></StrictMode>);`)
		return withScript(`<div id="root"></div><script src="/main.js"></script>`, app.bundle("main.jsx", "node_modules"))
	})
	p := newPerson(t)
	page := p.visit(site)
	w := p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Create an account")
	popup.click("Allow")
	popup.closes()
	w.write("Oolong", "from a React app")
	if n := evaluate[int](page, `document.querySelectorAll('script[src*="/v1/aside.js"]').length`); n != 1 {
		t.Errorf("the script was loaded %d times", n)
	}
}

// A page with the notes may itself be framed by another page of the company, but not by other sites.
func TestAPageThatIsFramedItself(t *testing.T) {
	t.Parallel()
	a := start(t)
	c := a.company(t, "The Paper", "paper.localhost", optional)
	inner := c.startSite(t, "inner.localhost")
	outer := httptest.NewServer(htmlHandler(`<iframe src="` + inner.URL + `" width="600" height="400"></iframe>`))
	t.Cleanup(outer.Close)
	_, port, err := net.SplitHostPort(outer.Listener.Addr().String())
	must(t, err)
	own := "http://outer.localhost:" + port
	_, err = c.db.AddEmbedOrigin(t.Context(), db.Operator(c.Key), own)
	must(t, err)

	p := newPerson(t)
	p.visit(own)
	p.frame(a.frame+"/embed/").find("button", "Sign in")

	foreign := "http://foreign.localhost:" + port
	p = newPerson(t)
	p.visit(foreign)
	page := p.frame(inner.URL)
	page.wait("word for the page", func() bool { return evaluate[string](page, `String(window.errors)`) == "frame_blocked" })
	if said := evaluate[string](page, `said`); !strings.Contains(said, foreign) {
		t.Errorf("the page is told %q", said)
	}
}

// A page may define any global name, style every frame, and replace children of the element that it did not add.
const overwritingPage = `<script>
	for (const name of ["origin", "name", "status", "event", "self", "parent", "length", "open", "close", "stop", "screen", "history", "URL", "Event", "CustomEvent",
		"HTMLElement", "CSSStyleSheet", "console", "Promise", "setTimeout", "clearTimeout", "addEventListener", "removeEventListener", "dispatchEvent", "postMessage", "innerHeight"])
		Object.defineProperty(window, name, {value: "LHR", writable: true, configurable: true});
	document.addEventListener("asideready", () => (document.body.dataset.ready = (document.body.dataset.ready ?? "") + "+"));
	</script><style>iframe { display: none !important; opacity: 0 !important; aspect-ratio: 9 } aside-notes > * { display: none }</style>`

func TestPageThatOverwritesGlobals(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	page := p.visit(a.startSite(t, "hostile.localhost", func(tenant string) http.Handler {
		return htmlHandler(overwritingPage + documentedSnippet(t, "# Embedding the widget", "html", a.frame, tenant))
	}))
	w := p.widget(a)
	w.find("button", "Sign in")
	page.wait("word that it is ready, once", func() bool { return evaluate[string](page, `document.body.dataset.ready ?? ''`) == "+" })
	if size := evaluate[string](page, `(({offsetWidth, offsetHeight}) => offsetWidth > 100 && offsetHeight >= 240)(document.querySelector('aside-notes').shadowRoot.querySelector('iframe')) + ''`); size != "true" {
		t.Error("the page's style sheet reaches the frame")
	}
	// A morphing library resets the element to the server's version, which is empty.
	evaluate[bool](page, `(document.querySelector('aside-notes').replaceChildren(), document.querySelector('aside-notes').removeAttribute('class'), true)`)
	w.find("button", "Sign in")
	evaluate[bool](page, `(document.querySelector('aside-notes').hidden = true)`)
	if height := evaluate[int](page, `document.querySelector('aside-notes').offsetHeight`); height != 0 {
		t.Errorf("hidden, it is %d px high", height)
	}
}
