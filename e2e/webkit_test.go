//go:build webkit

package e2e

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/e2e/webdriver"
)

// WebKit has no passkeys here. The tests show what works without them and what people see. make test runs them if WebKit is
// installed.
//
// Each part has a browser of its own, and so has each address of the last: a WebKit that leaves a page while its service worker
// writes to its cache sometimes loads no other page (https://github.com/microsoft/playwright/issues/42273).
func TestWebKit(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.policy(t, db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true})
	for _, part := range []struct {
		name string
		does func(*testing.T, *aside)
	}{
		{"notes of a customer that the shop vouches for", testNotesInWebKit},
		{"no passkey in the window", testPasskeysInWebKit},
		{"looks", testStylesInWebKit},
	} {
		t.Run(part.name, func(t *testing.T) { part.does(t, a) })
	}
}

func testNotesInWebKit(t *testing.T, a *aside) {
	p := startDriver(t, webdriver.WebKit).firstPage()
	p.visit(a.shop + "/login").click(joe)
	p.sees("Four teas")
	w := p.visit(a.shop).widget()
	w.sees("Hillside Tea can read these notes.")
	w.write("Oolong", "spring harvest")
	w.write("Sencha", "first flush")

	w = p.visit(a.shop).widget()
	w.clickOn("option", "Oolong")
	w.hasText("spring harvest")
	w.fill("Search notes", "flush")
	w.wait("list of what was found", func() bool { return !w.lists("Oolong") && w.lists("Sencha") })
	w.fill("Search notes", "harvest")
	w.wait("list of what was found", func() bool { return w.lists("Oolong") && !w.lists("Sencha") })
}

func testPasskeysInWebKit(t *testing.T, a *aside) {
	p := startDriver(t, webdriver.WebKit).firstPage()
	p.visit(a.shop + "/login").click(joe)
	p.sees("Four teas")
	w := p.visit(a.shop).widget()
	popup := w.opens(func() { w.click("Add a passkey") })
	popup.sees("This browser can’t use passkeys")
	popup.click("Close this window")
	popup.closes()
	w.sees("The sign-in window was closed.")
	p = startDriver(t, webdriver.WebKit).firstPage()
	for _, path := range []string{"/account", "/console", "/recover"} {
		page := p.visit(a.account + path)
		page.sees("This browser can’t use passkeys.")
		page.find("button", "Copy address of this page")
	}
}

// The declarations that this WebKit ignores, each with its fallback.
var ignored = []string{
	"field-sizing: content", // a note's field is resized by its handle
}

// WebKit supports each declaration of our style sheets, with the values of its variables.
func testStylesInWebKit(t *testing.T, a *aside) {
	for address, inFrame := range map[string]bool{a.shop: true, a.account + "/account": false, a.account + "/console": false, a.account + "/recover": false} {
		w := startDriver(t, webdriver.WebKit).firstPage().visit(address)
		if inFrame {
			w = w.widget()
		}
		sheets := ask[[]string](w, `return [...document.styleSheets].map(sheet => sheet.href).filter(Boolean)`)
		if len(sheets) == 0 {
			t.Errorf("%s has no style sheet", address)
		}
		for _, sheet := range sheets {
			for _, declaration := range w.unknown(declarations(t, sheet)) {
				if !slices.Contains(ignored, declaration) {
					t.Errorf("%s: WebKit ignores %s", sheet, declaration)
				}
			}
		}
	}
}

var (
	cssComment     = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssPart        = regexp.MustCompile(`[^{};]*[{};]`)
	cssDeclaration = regexp.MustCompile(`^\s*([a-z-]+)\s*:\s*([^{};]+?)\s*[;}]$`)
)

// declarations returns the declarations of a style sheet.
func declarations(t *testing.T, address string) (all [][2]string) {
	t.Helper()
	response, err := (&http.Client{Transport: loopback}).Get(address)
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	css, err := io.ReadAll(response.Body)
	must(t, err)
	for _, part := range cssPart.FindAllString(cssComment.ReplaceAllString(string(css), ""), -1) {
		if d := cssDeclaration.FindStringSubmatch(part); d != nil {
			all = append(all, [2]string{d[1], d[2]})
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s declares nothing", address)
	}
	return all
}

// unknown returns the declarations that the browser doesn't support with its variables filled in.
func (p *driverPage) unknown(declarations [][2]string) (all []string) {
	p.t.Helper()
	must(p.t, p.focus())
	must(p.t, p.Evaluate(p.ctx, `
		const variables = getComputedStyle(document.documentElement);
		const filled = value => value.replace(/var\((--[\w-]+)(?:,([^()]*))?\)/g, (all, name, otherwise) => variables.getPropertyValue(name) || otherwise || all);
		return arguments[0].filter(([name, value]) => {
			const plain = filled(value.replace(/!important$/, ''));
			return !name.startsWith('--') && !/var\(/.test(plain) && !CSS.supports(name, plain);
		}).map(([name, value]) => name + ': ' + value)`, &all, declarations))
	return all
}
