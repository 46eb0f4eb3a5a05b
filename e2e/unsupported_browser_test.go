package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// removeFeature removes a feature from the pages that the window loads from now on, with a script.
func (w *window) removeFeature(script string) {
	w.t.Helper()
	w.addScript(script)
}

// addScript runs a script in the pages that the window loads from now on, before theirs.
func (w *window) addScript(script string) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	})))
}

// A browser without passkeys is offered nothing that can't work, and people see how to continue.
func TestABrowserWithoutPasskeys(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	widget := p.widget(a)
	popup := widget.opens(func() { widget.click("Sign in") })
	popup.find("button", "Create an account")
	popup.removeFeature(`delete window.PublicKeyCredential`)
	must(t, chromedp.Do(popup.ctx, chromedp.Reload()))
	popup.sees("This browser can’t use passkeys")
	popup.checkPage("popup-unsupported")
	popup.click("Close this window")
	popup.closes()
	widget.sees("The sign-in window was closed.")

	w := p.visit(a.account + "/")
	w.removeFeature(`delete window.PublicKeyCredential`)
	for _, name := range []string{"account", "console", "recover"} {
		w = p.visit(a.account + "/" + name)
		w.sees("This browser can’t use passkeys.")
		w.press("Copy address of this page")
		w.find("button", "Copied address of this page")
		w.checkPage(name + "-unsupported")
	}
	// Pasted over the current page's address.
	w = p.visit(a.account + "/recover#rl_01234567890123456789")
	w.sees("Open the link again")
	w.checkPage("recover-link-unsupported")
}

// With all cookies blocked nobody can be recognized. The page says so before it creates a passkey that would be lost.
func TestABrowserThatBlocksCookies(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	widget := p.widget(a)
	popup := widget.opens(func() { widget.click("Sign in") })
	popup.find("button", "Create an account")
	blocked := `Object.defineProperty(navigator, "cookieEnabled", {get: () => false})`
	popup.removeFeature(blocked)
	must(t, chromedp.Do(popup.ctx, chromedp.Reload()))
	popup.sees("This browser blocks cookies")
	popup.click("Close this window")
	popup.closes()

	w := p.visit(a.account + "/")
	w.removeFeature(blocked)
	w = p.visit(a.account + "/account")
	w.press("Create an account")
	w.sees("This browser blocks cookies.")
}

// Aside works in a browser with passkeys but without signals to password managers.
func TestABrowserWithoutSignals(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.visit(a.account + "/")
	w.removeFeature(`for (const name of ["signalAllAcceptedCredentials", "signalCurrentUserDetails", "signalUnknownCredential"]) delete PublicKeyCredential[name];
		addEventListener("unhandledrejection", ({ reason }) => (window.failed = String(reason))); addEventListener("error", ({ message }) => (window.failed = message))`)
	w = p.account(a, "")
	w.click("Create an account")
	w.sees("Your account has only one passkey")
	w.fill("Name", "Robin of the Shop")
	w.click("Save")
	w.sees("Saved")
	w.click("Sign out")
	w.sees("You are signed out.")
	a.exec(t, `DELETE FROM passkeys`)
	w.click("Sign in with a passkey")
	w.sees("This passkey doesn’t match any account here.")
	if failed := evaluate[string](w, `window.failed ?? ''`); failed != "" {
		t.Errorf("a script failed: %s", failed)
	}
}
