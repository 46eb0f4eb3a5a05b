package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A developer without an account opens the console, creates a tenant, lists an origin and pastes the snippet that the console shows. The
// console says what is wrong with the page, and then that it works. -screenshots shows each step.
func TestADeveloperEmbedsTheWidgetFromTheConsole(t *testing.T) {
	t.Parallel()
	a := start(t)
	var body atomic.Value // of the developer's page
	body.Store("")
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Teas</title><h1>Teas</h1>%s</html>`, body.Load())
	}))
	t.Cleanup(site.Close)

	began := time.Now()
	w := newPerson(t).console(a, "")
	w.checkPage("developer-1-door")
	w.press("Create an account")
	w.sees("Create a tenant")
	w.enter("Name", "Hillside Tea")
	w.press("Create tenant")
	w.sees("None yet: no page can show the widget.")
	w.checkPage("developer-2-install")
	w.follow("List the origins of your site")
	w.enter("Origin", site.URL+"/") // as it is in the address bar
	w.press("Add origin")
	w.wait("the origin in the list", func() bool { return strings.Contains(w.text(), "\n"+site.URL+"\n") })

	w.follow("Install")
	w.sees("1 listed")
	w.enter("Address of a page", site.URL+"/")
	w.press("Check")
	w.wait("the result", func() bool {
		return evaluate[int](w, `document.querySelectorAll(".checks [data-ok=false]").length`) > 0
	})
	if text := w.text(); strings.Contains(text, "There is an <aside-notes> element") {
		t.Errorf("the page has no widget yet, and the console says:\n%s", text)
	}
	w.checkPage("developer-3-no-snippet")

	body.Store(evaluate[string](w, `[...document.querySelectorAll("pre code, pre")].map(e => e.innerText).find(text => text.includes("<aside-notes"))`))
	w.press("Check")
	w.sees("There is an <aside-notes> element with your tenant key.")
	if wrong := evaluate[string](w, `[...document.querySelectorAll(".checks [data-ok=false]")].map(e => e.innerText).join("\n")`); wrong != "" {
		t.Errorf("with the snippet pasted, the console still says:\n%s", wrong)
	}
	w.checkPage("developer-4-snippet")

	visitor := newPerson(t)
	page := visitor.visit(site.URL)
	widget := visitor.widget(a)
	popup := widget.opens(func() { widget.click("Sign in") })
	popup.click("Create an account")
	popup.click("Allow")
	popup.closes()
	widget.write("Tasted", "A good Assam.")
	page.screenshot("developer-5-page")
	w.press("Look again")
	w.sees("Last sign-in")
	w.checkPage("developer-6-seen")
	t.Logf("from the console's door to a widget that somebody uses: %s", time.Since(began).Round(time.Millisecond))
}
