package e2e

import (
	"strings"
	"testing"
)

// translator imitates a browser's translator: it replaces each text node, present or added later, by elements with a
// translation. Its translation is the same text, so that a test can compare the two.
const translator = `(() => {
	const translate = text => {
		if (!text.data.trim() || text.parentElement?.closest('font, script, style, textarea, noscript')) return;
		const outer = document.createElement('font'), inner = document.createElement('font');
		inner.textContent = text.data;
		outer.append(inner);
		text.replaceWith(outer);
	};
	const all = root => {
		if (root.nodeType === 3) return translate(root);
		const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), texts = [];
		while (walker.nextNode()) texts.push(walker.currentNode);
		texts.forEach(translate);
	};
	new MutationObserver(records => records.forEach(({type, target, addedNodes}) => type === 'characterData' ? all(target) : addedNodes.forEach(node => node.isConnected && all(node))))
		.observe(document.documentElement, {childList: true, characterData: true, subtree: true});
	all(document.body);
	return true;
})()`

// translate starts the translation of a window, including later changes.
func (w *window) translate() *window {
	w.t.Helper()
	evaluate[bool](w, translator)
	return w
}

// waitForTexts waits until a window announces exactly these texts, each once and translated.
func (w *window) waitForTexts(texts ...string) {
	w.t.Helper()
	want := strings.Join(texts, "|")
	w.wait("statuses "+want, func() bool {
		return want == evaluate[string](w, `[...document.querySelectorAll('[role=status],[role=alert]')].filter(e => e.checkVisibility())
			.map(e => e.innerText.trim().replace(/\s+/g, ' ')).filter(Boolean).join('|')`)
	})
	if plain := evaluate[string](w, `[...document.querySelectorAll('[role=status],[role=alert]')].filter(e => e.innerText.trim() && !e.querySelector('font')).map(e => e.innerText).join('|')`); plain != "" {
		w.t.Errorf("not translated: %q", plain)
	}
}

// A translated page stays up to date: a new text replaces the translation of the old one.
func TestTranslatedWidget(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	w := p.widget(a).translate()
	popup := w.opens(func() { w.click("Sign in") })
	popup.find("button", "Create an account")
	popup.translate()
	popup.click("Create an account")
	popup.click("Allow")
	popup.closes()
	w.waitForTexts("No notes yet. Write your first one.")
	w.click("New note")
	w.fill("Title", "Oolong")
	w.fill("Note", "spring harvest")
	w.waitForTexts("Turn on end-to-end encryption", "Saved")
	w.sees("Oolong")
	w.fill("Note", "autumn harvest")
	w.waitForTexts("Turn on end-to-end encryption", "Saved")
	w.click("Move to trash")
	w.waitForTexts("Moved to trash. Undo", "No notes yet. Write your first one.")
	w.click("Undo")
	w.sees("Restored.")
	w.fill("Search notes", "sencha")
	w.sees("No notes match “sencha”.")
	w.fill("Search notes", "oolong")
	w.sees("1 note found.")
	if text := w.text(); strings.Contains(text, "No notes match") || strings.Contains(text, "No notes yet") {
		t.Errorf("what was said before stands there, too:\n%s", text)
	}
}

func TestTranslatedAccount(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.signUp(a, a.shop).write("Oolong", "spring harvest")
	w := p.account(a, "").translate()
	w.fill("Name", "Robin of the Shop")
	w.click("Save")
	w.waitForTexts("Saved")
	w.sees("Robin of the Shop")
	w.clickOn("link", "Notes")
	w.sees("spring harvest")
	w.fill("Search", "sencha")
	w.sees("No notes found")
	w.fill("Search", "oolong")
	w.waitForTexts("1 note")
	w.clickOn("link", "Oolong")
	w.fill("Note", "autumn harvest")
	w.waitForTexts("Saved")
	w.click("Move to trash")
	w.sees("Moved to trash")
	w.sees("No notes found")
	for _, gone := range []string{"autumn harvest", "1 note", "Saved"} {
		if strings.Contains(w.text(), gone) {
			t.Errorf("%q stands there, too:\n%s", gone, w.text())
		}
	}
}
