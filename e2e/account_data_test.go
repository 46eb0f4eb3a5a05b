package e2e

import (
	"archive/zip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// downloadsTo makes the person's browser save downloads in a folder.
func (w *window) downloadsTo(dir string) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
			Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: chromedp.FromContext(w.ctx).BrowserContextID, DownloadPath: dir,
		})
		return err
	})))
}

// archiveIn waits for the zip file that the browser saves in a folder. The browser first makes an empty file of that name.
func (w *window) archiveIn(dir string) (path string) {
	w.t.Helper()
	w.wait("export in the person's folder", func() bool {
		found, err := filepath.Glob(filepath.Join(dir, "*.zip"))
		must(w.t, err)
		if len(found) != 1 {
			return false
		}
		path = found[0]
		z, err := zip.OpenReader(path)
		if err == nil {
			must(w.t, z.Close())
		}
		return err == nil
	})
	return path
}

// A person exports everything, then deletes the account, with the keyboard alone.
func TestExportAndAccountDeletion(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.signUp(a, a.shop).write("Oolong", "Order the spring harvest.")
	w := p.account(a, "/data")
	w.sees("Delete your account")
	w.checkPage("account-data")
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o777))
	w.downloadsTo(dir)

	// The sign-in was a while ago. The device is asked again, and the export continues by itself.
	a.exec(t, `UPDATE sessions SET confirmed_at = now() - interval '1 hour'`)
	w.answerPrompt(cancels)
	w.press("Export")
	w.sees("closed or timed out")
	w.checkPage("account-data-unconfirmed")
	w.answerPrompt(agrees)
	w.press("Export")
	w.sees("Your export is downloading")
	z, err := zip.OpenReader(w.archiveIn(dir))
	must(t, err)
	defer func() { _ = z.Close() }()
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if all := strings.Join(names, " "); !strings.Contains(all, "notes.json") || !strings.Contains(all, "account.json") || !strings.Contains(all, ".md") {
		t.Errorf("the export holds %s", all)
	}

	w.press("Delete account")
	w.sees("Delete your account?")
	w.checkPage("account-data-end")
	w.keys(kb.Escape)
	w.wait("focus where it was", func() bool { return w.focused() == "Delete account" })
	w.keys(kb.Enter)
	w.enter("Type “delete” to continue", "yes")
	w.press("Delete forever")
	w.sees("Type the word")
	w.checkPage("account-data-end-wrong")
	w.enter("Type “delete” to continue", "delete")
	w.press("Delete forever")
	w.sees("Your account and everything in it")
	w.checkPage("account-gone")
	w.press("Sign in with a passkey")
	w.wait("word that the passkey opens nothing", func() bool { return evaluate[string](w, `document.querySelector('[role=alert]').innerText`) != "" })
}

// Deleting the account of a tenant's only owner requires a confirmation of that.
func TestOnlyOwnerIsAskedBeforeDeletion(t *testing.T) {
	t.Parallel()
	a := start(t)
	w := newPerson(t).console(a, "")
	w.press("Create an account")
	w.enter("Name", "Hillside Tea")
	w.press("Create tenant")
	w.sees("None yet: no page can show the widget.")
	w = w.visit(a.account + "/account/data")
	w.sees("You are the only owner of this tenant.")
	w.find("link", "Members of Hillside Tea")
	w.checkPage("account-data-owner")
	w.press("Delete account")
	w.enter("Type “delete” to continue", "delete")
	w.press("Delete forever")
	w.sees("Invite another owner, or check this box.")
	w.wait("focus at the box", func() bool { return evaluate[bool](w, `document.activeElement.matches('dialog [type=checkbox]')`) })
	w.checkPage("account-data-owner-wrong")
	w.keys(" ")
	w.press("Delete forever")
	w.sees("Your account and everything in it")
}
