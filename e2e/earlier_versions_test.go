package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/company-a/aside/db/dbtest"
)

// A person sees what an earlier version says otherwise, restores it and undoes that, with the keyboard alone: in the widget and at
// /account, in two languages.
func TestAnEarlierVersionIsRestored(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, tag := range []string{"en", "de"} {
		t.Run(tag, func(t *testing.T) {
			text, pages := texts(t, tag), pageTexts(t, tag)
			p := browserIn(t, tag)
			w := p.widgetIn(a, tag)
			popup := w.opens(func() { w.press(text["signIn"]) })
			popup.press(pages["createAccount"])
			popup.press(pages["allow"])
			popup.closes()
			w.press(text["newNote"])
			w.enter(text["fieldTitle"], "Oolong")
			w.enter(text["fieldNote"], "Order the spring harvest.\n\n- [ ] rinse the pot\n- [x] warm the cups")
			w.sees(text["saved"])
			w.press(text["versions"])
			w.sees(text["noVersions"])
			w.press(text["versions"])
			dbtest.At(t, a.url).Exec(t, `UPDATE notes SET created_at = created_at - interval '1 hour'`)

			// A tick is a change like any other.
			w.press(text["read"])
			w.tabTo("field", "rinse the pot")
			w.keys(" ")
			w.sees(text["saved"])
			w.checkAccessibility("tasks in " + tag)
			w.press(text["read"])
			const after = "Order the spring harvest.\n\n- [x] rinse the pot\n- [x] warm the cups"
			w.wait("the ticked task", func() bool { return w.value(text["fieldNote"]) == after })

			w.press(text["versions"])
			w.openVersion()
			w.checkAccessibility("earlier versions in " + tag)
			w.press(text["restore"])
			w.waitForFocus(text["undo"])
			w.wait("the earlier text", func() bool { return strings.Contains(w.value(text["fieldNote"]), "- [ ] rinse the pot") })
			w.keys(kb.Enter)
			w.wait("the later text", func() bool { return w.value(text["fieldNote"]) == after })
			w.sees(text["saved"])
			w.answersAfterTheLiveChange()
			w.restoreAndWrite(text["restore"], text["undo"], text["fieldNote"])
			if !evaluate[bool](w, `window.answeredLate === true`) {
				t.Error("no answer came after its live change")
			}
			w.enter(text["fieldNote"], after)
			w.sees(text["saved"])

			text = pages
			w = p.account(a, "/notes")
			w.follow("Oolong")
			w.press(text["versions"])
			w.openVersion()
			w.checkPage("account-" + tag + "-versions")
			w.press(text["restore"])
			w.waitForFocus(text["undo"])
			w.wait("the earlier text", func() bool { return strings.Contains(w.value(text["note"]), "- [ ] rinse the pot") })
			w.keys(kb.Enter)
			w.wait("the later text", func() bool { return w.value(text["note"]) == after })
			w.restoreAndWrite(text["restore"], text["undo"], text["note"])
		})
	}
}

// answersAfterTheLiveChange makes the answer to a restore arrive after the live change that it causes, as on a busy machine.
func (w *window) answersAfterTheLiveChange() {
	w.t.Helper()
	evaluate[bool](w, `(() => {
		const { fetch } = window;
		window.fetch = async (address, options) => {
			const response = await fetch(address, options);
			if (/restoreVersion/i.test(options?.body)) {
				const note = document.querySelector('textarea');
				while (!note.value.includes('- [ ] rinse')) await new Promise(resolve => setTimeout(resolve, 20));
				window.answeredLate = true;
			}
			return response;
		};
		return true;
	})()`)
}

// restoreAndWrite restores an earlier version and writes in the note. Undo then disappears, since it would delete what was written.
func (w *window) restoreAndWrite(restore, undo, field string) {
	w.t.Helper()
	w.openVersion()
	w.press(restore)
	w.waitForFocus(undo)
	w.enter(field, "Written later.")
	w.wait("no Undo", func() bool { return evaluate[bool](w, `!document.getElementById('undo')`) })
	if got := w.value(field); got != "Written later." {
		w.t.Errorf("the note is %q", got)
	}
}

// openVersion opens earlier versions with the keyboard, the newest first, until one shows what differs.
func (w *window) openVersion() {
	w.t.Helper()
	w.wait("an earlier version that differs", func() bool {
		if evaluate[bool](w, `[...document.querySelectorAll('details[open] ins, details[open] del')].some(e => e.checkVisibility())`) {
			return true
		}
		if evaluate[bool](w, `document.activeElement.localName === 'summary' && !document.activeElement.parentElement.open`) {
			w.keys(kb.Enter)
		} else {
			w.keys(kb.Tab)
		}
		return false
	})
}
