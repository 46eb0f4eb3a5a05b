package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/company-a/aside/db"
)

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

// The page learns why a frame shows no notes, if the reason is known.
func TestErrorEventsOfThePage(t *testing.T) {
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
			page := p.visit(a.startSite(t, "told.localhost", func(tenant string) http.Handler {
				return htmlHandler(told+strings.ReplaceAll(cause.element, "{tenant}", tenant), "Content-Security-Policy", cause.policy)
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
		page := p.visit(c.startSite(t, "closed.localhost").URL)
		page.wait("word for the page", func() bool { return evaluate[string](page, `String(window.errors)`) == "tenant_suspended" })
	})
}

// A consent manager withholds the script's address until the visitor consents.
func TestFrameWithheldUntilConsent(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	page := p.visit(a.startSite(t, "consent.localhost", func(tenant string) http.Handler {
		return htmlHandler(`<script>
			const { set, get } = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "src");
			Object.defineProperty(HTMLIFrameElement.prototype, "src", { configurable: true, get, set(address) { window.consent = () => set.call(this, address); } });
			document.addEventListener("aside:error", ({ detail }) => window.told = detail.code);
		</script>` + documentedSnippet(t, "# Embedding the widget", "html", a.frame, tenant))
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
func TestWindowThatIsNotRedirected(t *testing.T) {
	t.Parallel()
	a := start(t)
	popup := a.frame + "/embed/t_demo#popup"
	p := newPerson(t)
	alone := p.visit(popup)
	alone.sees("No page is waiting for this window.")
	alone.find("button", "Sign in")

	page := p.visit(a.startSite(t, "reader.localhost", func(string) http.Handler {
		return htmlHandler(`<iframe></iframe><button onclick="frames[0].open('` + popup + `', '_blank', 'popup')">Open</button>`)
	}))
	w := page.opens(func() { page.click("Open") })
	w.sees("Opening…")
	evaluate[bool](page, `(document.querySelector('iframe').remove(), true)`)
	w.sees("No page is waiting for this window.")
	w.click("Sign in")
	w.find("button", "Create an account")
}
