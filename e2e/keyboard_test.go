package e2e

import (
	"fmt"

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
