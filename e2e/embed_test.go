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

// documented returns the code in a language below a heading of docs/embedding.md, with the given values filled in.
func documented(t *testing.T, heading, language, frameOrigin, tenant string) string {
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

// reader creates a tenant with its own page. page receives the tenant's key and returns the content.
func (a *aside) reader(t *testing.T, host string, page func(tenant string) http.Handler) (site string) {
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

// html serves a page with headers given as names and values.
func html(body string, header ...string) http.Handler {
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
	site := a.reader(t, "plain.localhost", func(tenant string) http.Handler {
		return html(documented(t, "# Embedding the widget", "html", a.frame, tenant) + `<script>` +
			documented(t, "## Attributes, methods and events", "js", a.frame, tenant) + `</script>`)
	})
	page := p.visit(site)
	w := p.widget(a)
	w.find("button", "Sign in")
	w.isOn("Sign in") // the queue has opened it

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
	page := p.visit(a.reader(t, "hides.localhost", func(tenant string) http.Handler {
		return html(documented(t, "# Embedding the widget", "html", a.frame, tenant))
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
			site := a.reader(t, "strict.localhost", func(tenant string) http.Handler {
				return html(documented(t, "## Headers of your page", "html", a.frame, tenant), "Content-Security-Policy", policy,
					"Cross-Origin-Embedder-Policy", "require-corp", "Referrer-Policy", "no-referrer")
			})
			p.visit(site)
			p.widget(a).find("button", "Sign in")
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
	site := a.reader(t, "pinned.localhost", func(tenant string) http.Handler {
		tag := documented(t, "## One version, pinned", "html", a.frame, tenant)
		return html(strings.NewReplacer("aside.0123456789ab.js", today.File, "sha384-…", today.Integrity).Replace(tag) + `<aside-notes tenant="` + tenant + `"></aside-notes>`)
	})
	p := newPerson(t)
	p.visit(site)
	p.widget(a).find("button", "Sign in")
}

// A React 19 app bundled the usual way, with the package and the component of the documentation.
func TestAReactAppEmbedsIt(t *testing.T) {
	t.Parallel()
	a := start(t)
	site := a.reader(t, "react.localhost", func(tenant string) http.Handler {
		app := a.project(t, "notes.jsx", documented(t, "## In React", "jsx", a.frame, tenant), "main.jsx", `
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

// The page learns why a frame shows no notes, if the reason is known.
func TestThePageIsToldWhyThereAreNoNotes(t *testing.T) {
	t.Parallel()
	a := start(t)
	c := a.company(t, "Closed", "closed.localhost", optional)
	_, err := c.db.Suspend(t.Context(), db.Operator(c.Key))
	must(t, err)
	told := `<script>document.addEventListener("asideerror", ({ detail }) => Object.assign(window, { told: detail.code, said: detail.message }))</script><script src="` + a.frame + `/v1/aside.js"></script>`
	for name, cause := range map[string]struct{ element, policy, code, says, shows string }{
		"no tenant":             {`<aside-notes></aside-notes>`, "", "tenant_unknown", `"null"`, "There are no notes here"},
		"unknown tenant":        {`<aside-notes tenant="t_nobody"></aside-notes>`, "", "tenant_unknown", `"t_nobody"`, "There are no notes here"},
		"the page's own policy": {`<aside-notes tenant="{tenant}"></aside-notes>`, "frame-src 'none'", "frame_blocked", "allow " + a.frame + " in frame-src", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPerson(t)
			page := p.visit(a.reader(t, "told.localhost", func(tenant string) http.Handler {
				return html(told+strings.ReplaceAll(cause.element, "{tenant}", tenant), "Content-Security-Policy", cause.policy)
			}))
			page.wait("word for the page", func() bool { return evaluate[string](page, `window.told ?? ""`) == cause.code })
			if said := evaluate[string](page, `said`); !strings.Contains(said, cause.says) {
				t.Errorf("the page is told %q", said)
			}
			if cause.shows != "" {
				p.widget(a).sees(cause.shows)
			} else {
				page.find("link", "Open your notes in a new tab")
			}
		})
	}
	t.Run("suspended tenant", func(t *testing.T) {
		p := newPerson(t)
		page := p.visit(c.hosts(t, "closed.localhost").URL)
		page.wait("word for the page", func() bool { return evaluate[string](page, `String(window.errors)`) == "tenant_suspended" })
	})
}

// A page with the notes may itself be framed by another page of the company, but not by other sites.
func TestAPageThatIsFramedItself(t *testing.T) {
	t.Parallel()
	a := start(t)
	c := a.company(t, "The Paper", "paper.localhost", optional)
	inner := c.hosts(t, "inner.localhost")
	outer := httptest.NewServer(html(`<iframe src="` + inner.URL + `" width="600" height="400"></iframe>`))
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

// A consent manager withholds the script's address until the visitor consents.
func TestAFrameThatWaitsForConsent(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	page := p.visit(a.reader(t, "consent.localhost", func(tenant string) http.Handler {
		return html(`<script>
			const { set, get } = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "src");
			Object.defineProperty(HTMLIFrameElement.prototype, "src", { configurable: true, get, set(address) { window.consent = () => set.call(this, address); } });
			document.addEventListener("aside:error", ({ detail }) => window.told = detail.code);
		</script>` + documented(t, "# Embedding the widget", "html", a.frame, tenant))
	}))
	page.wait("an address that is held back", func() bool { return evaluate[bool](page, `"consent" in window`) })
	// The time after which a frame counts as blocked, by the same clock.
	waited := `document.body.animate(null, 4000).finished.then(() => window.told ?? "nothing")`
	got, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](waited, chromedp.EvalAwaitPromise))
	must(t, err)
	if got != "nothing" {
		t.Errorf("the page is told %q", got)
	}
	evaluate[bool](page, `(consent(), true)`)
	p.widget(a).find("button", "Sign in")
}

// The widget redirects the window that a click opens to the popup. A window that stays empty says what to do.
func TestAWindowThatNobodySendsOn(t *testing.T) {
	t.Parallel()
	a := start(t)
	popup := a.frame + "/embed/t_demo#popup"
	p := newPerson(t)
	alone := p.visit(popup)
	alone.sees("No page is waiting for this window.")
	alone.find("button", "Sign in")

	page := p.visit(a.reader(t, "reader.localhost", func(string) http.Handler {
		return html(`<iframe></iframe><button onclick="frames[0].open('` + popup + `', '_blank', 'popup')">Open</button>`)
	}))
	w := page.opens(func() { page.click("Open") })
	w.sees("Opening…")
	evaluate[bool](page, `(document.querySelector('iframe').remove(), true)`)
	w.sees("No page is waiting for this window.")
	w.click("Sign in")
	w.find("button", "Create an account")
}
