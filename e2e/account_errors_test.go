package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// setOffline disconnects or reconnects the window's network. The browser notices.
func (w *window) setOffline(yes bool) {
	w.t.Helper()
	w.setWidgetOffline(yes)
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: yes, DownloadThroughput: -1, UploadThroughput: -1})
		return err
	})))
}

// endAccountSessions ends every account session, as if it had expired.
func (a *aside) endAccountSessions(t *testing.T) {
	t.Helper()
	a.exec(t, `UPDATE sessions SET expires_at = now() WHERE kind = 'ACCOUNT'`)
}

// When something fails while a person writes, the text stays and the page says how to continue.
func TestErrorsOnTheAccountPage(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.signUp(a, a.shop).write("Oolong", "Order the spring harvest.")
	w := p.account(a, "/notes")
	w.follow("Oolong")
	w.find("field", "Note")

	// Offline: a note that can't be saved says so and is saved later; a list that can't be loaded loads later.
	w.setOffline(true)
	w.enter("Title", "Oolong, in the tunnel")
	w.sees("Not saved")
	w.sees("You are offline")
	w.checkPage("account-note-offline")
	w.follow("Sessions")
	w.sees("Aside can’t be reached")
	w.checkPage("account-failed")
	w.setOffline(false)
	w.sees("This session")
	w.follow("Notes")
	w.sees("Oolong")

	// The session ends in the middle of a sentence.
	w.tabTo("option", "Oolong")
	w.keys(kb.Enter)
	w.find("field", "Note")
	w.enter("Note", "Half a sentence")
	w.sees("Saved")
	a.endAccountSessions(t)
	w.wait("word that the session has ended", func() bool {
		w.keys(".") // until this node has noticed the end of the session
		return strings.Contains(w.text(), "Your session has ended")
	})
	w.press("Sign in with a passkey")
	w.sees("Saved")
	if got := w.value("Note"); !strings.HasPrefix(got, "Half a sentence.") {
		t.Errorf("after signing in again the note says %q", got)
	}
	w.wait("focus where it was", func() bool { return evaluate[bool](w, `document.activeElement.matches('textarea')`) })
}

func TestUnknownAccountAddresses(t *testing.T) {
	t.Parallel()
	a := start(t)
	w := newPerson(t).account(a, "/nowhere")
	w.click("Create an account")
	w.sees("Page not found")
	w.checkPage("account-nowhere")
	w.follow("Notes")
	w.sees("No notes yet")
	w.checkPage("account-notes-none")
}
