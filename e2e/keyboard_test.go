package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// at reports whether the focus is on an element with a role and a name.
const at = `(role, name) => {
	const selectors = {button: 'button', link: 'a[href]', field: 'input, textarea, select', option: 'li a, li button'};
	const e = document.activeElement, text = s => (s || '').replace(/\s+/g, ' ').trim();
	if (!e || !e.matches(selectors[role])) return false;
	const called = text(e.getAttribute('aria-label') || (e.labels && e.labels.length ? [...e.labels].map(l => l.textContent).join(' ') : '') || e.innerText);
	return role === 'option' ? called.includes(name) : called === name;
}`

// tabTo moves the focus to an element with the keyboard alone.
func (w *window) tabTo(role, name string) {
	w.t.Helper()
	presses := 0
	w.wait(fmt.Sprintf("%s %q in reach of the Tab key", role, name), func() bool {
		there, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](fmt.Sprintf("(%s)(%s, %s)", at, quote(role), quote(name))))
		if err != nil || there {
			return there
		}
		presses++
		return presses > 400 || chromedp.Do(w.ctx, chromedp.KeyEvent(kb.Tab)) != nil
	})
	if presses > 400 {
		w.t.Fatalf("no %s %q in reach of the Tab key; the window shows:\n%s", role, name, w.text())
	}
}

// press moves to a button with the keyboard and presses it once it is enabled.
func (w *window) press(name string) {
	w.t.Helper()
	w.tabTo("button", name)
	w.wait(fmt.Sprintf("button %q that reacts", name), func() bool { return evaluate[bool](w, `document.activeElement.ariaDisabled !== 'true'`) })
	w.keys(kb.Enter)
}

// follow moves to a link with the keyboard and follows it.
func (w *window) follow(name string) {
	w.t.Helper()
	w.tabTo("link", name)
	w.keys(kb.Enter)
}

// enter moves to a field with the keyboard and replaces its content.
func (w *window) enter(label, value string) {
	w.t.Helper()
	w.tabTo("field", label)
	must(w.t, chromedp.Do(w.ctx, chromedp.KeyEvent("a", chromedp.KeyModifiers(2)))) // Ctrl
	w.keys(value)
}

func (w *window) keys(keys string) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.KeyEvent(keys)))
}

// focused returns the text of the focused element.
func (w *window) focused() string {
	w.t.Helper()
	return evaluate[string](w, `document.activeElement?.innerText ?? ''`)
}

// focusedLabel returns the label of the focused element, or else its first line of text or its tag name.
func (w *window) focusedLabel() string {
	s, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](
		`(e => e.getAttribute('aria-label') || e.innerText?.split('\n')[0] || e.localName)(document.activeElement)`))
	if err != nil {
		return ""
	}
	return s
}

func (w *window) waitForFocus(what string) {
	w.t.Helper()
	if !poll(w.ctx, func() bool { return w.focusedLabel() == what }) {
		w.t.Fatalf("the focus is not on %q but on %q in\n%s", what, w.focusedLabel(), w.text())
	}
}

// tabBackTo moves the focus back to a button with the keyboard alone.
func (w *window) tabBackTo(name string) {
	w.t.Helper()
	w.wait("button "+name+" in reach of Shift and Tab", func() bool {
		if w.focusedLabel() == name {
			return true
		}
		must(w.t, chromedp.Do(w.ctx, chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(8))))
		return false
	})
}

// A person moves from the page to the notes and back without a mouse, and the focus is where they expect it.
func TestWidgetByKeyboardAlone(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	page := p.visit(a.shop)
	w := p.widget(a)
	w.find("button", "Sign in")
	// Past the shop's own links and into the frame.
	page.wait("the frame in reach of the Tab key", func() bool {
		page.keys(kb.Tab)
		return evaluate[string](page, `document.activeElement.localName`) == "aside-notes" || evaluate[string](page, `document.activeElement.localName`) == "iframe"
	})
	w.tabTo("button", "Sign in")
	popup := w.opens(func() { w.keys(kb.Enter) })
	popup.find("button", "Create an account")
	popup.press("Create an account")
	popup.find("button", "Allow") // inert for a moment, then enabled
	popup.press("Allow")
	popup.closes()
	w.waitForFocus("New note")

	w.keys(kb.Enter)
	w.waitForFocus("Title")
	w.keys("Oolong" + kb.Tab)
	w.waitForFocus("Note")
	w.keys("spring harvest")
	w.sees("Saved")
	w.keys(kb.Escape)
	w.waitForFocus("Oolong")
	w.keys("n")
	w.waitForFocus("Title")
	w.keys("Sencha")
	w.sees("Saved")
	w.keys(kb.Escape)
	w.waitForFocus("Sencha")
	w.keys(kb.ArrowDown)
	w.waitForFocus("Oolong")

	w.keys("/")
	w.waitForFocus("Search notes")
	w.keys("harvest")
	w.wait("only what was found", func() bool { return strings.Join(w.titles(), " ") == "Oolong" })
	w.keys(kb.ArrowDown)
	w.waitForFocus("Oolong")
	w.keys(kb.Enter)
	w.waitForFocus("Title")
	w.tabTo("button", "Move to trash")
	w.keys(kb.Enter)
	w.waitForFocus("Undo")
	w.keys(kb.Enter)
	w.sees("Restored.")
	w.waitForFocus("New note")

	w.keys("?")
	w.waitForFocus("Close")
	w.sees("Keyboard shortcuts")
	w.keys(kb.Enter)
	w.waitForFocus("New note")

	w.tabBackTo("Sign out")
	w.keys(kb.Enter)
	w.waitForFocus("Sign in")
}
