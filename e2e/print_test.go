package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// usePrintStyles switches a window to its print style.
func (w *window) usePrintStyles() {
	w.t.Helper()
	w.useMedia("print")
}

func (w *window) useMedia(media string) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media})
		return err
	})))
}

// printedText returns all visible text of an open note. It marks fields, which would be cut off on paper.
func (w *window) printedText(note string) string {
	w.t.Helper()
	return evaluate[string](w, `(note => {
		const added = at => (content => content === 'none' ? '' : content.slice(1, -1).replaceAll('\\a ', '\n'))(getComputedStyle(document.querySelector(note), at).content);
		const fields = [...document.querySelectorAll('input, textarea')].filter(e => e.checkVisibility()).map(e => 'a field, ' + e.value);
		return [added('::before'), document.body.innerText.trim(), added('::after'), ...fields].filter(Boolean).join('|');
	})(`+quote(note)+`)`)
}

// A printed note is its title and its full text, even where the field shows only part.
func TestAPrintedNote(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.signUp(a, a.shop)
	w.write("Sencha", "first flush")
	w.closeNote()
	title, body := strings.Repeat("Oolong of the spring ", 9)+"harvest", strings.Repeat("another tin, ", 400)+"and the **last** one"
	w.click("New note")
	w.fill("Title", "x")
	w.fill("Note", "x")
	for label, text := range map[string]string{"Title": title, "Note": body} {
		evaluate[bool](w, fmt.Sprintf(`{ const field = (%s)(%s); field.value = %s; field.dispatchEvent(new InputEvent('input', {bubbles: true})) }`, named, quote(label), quote(text)))
	}
	w.sees("Saved")
	w.usePrintStyles()
	if got, want := w.printedText(".editor"), title+"|"+body; got != want {
		t.Errorf("on paper is\n%s\nnot\n%s", got, want)
	}
	evaluate[bool](w, `([...document.querySelectorAll('button')].find(e => e.textContent === 'Formatted').click(), true)`)
	want := title + "|" + strings.ReplaceAll(body, "**", "")
	w.wait("formatted text on paper", func() bool { return w.printedText(".editor") == want })

	// On the screen, a long text scrolls, also by keyboard. On paper it is complete.
	hidden := func() int {
		return evaluate[int](w, `(article => article.scrollHeight - article.clientHeight)(document.querySelector('article'))`)
	}
	if got := hidden(); got != 0 {
		t.Errorf("on paper %d px of the formatted text are cut off", got)
	}
	w.useMedia("screen")
	if got := evaluate[int](w, `document.querySelector('article').offsetHeight`); got != 640 || hidden() < 100 {
		t.Errorf("on the screen the formatted text is %d px high, and %d more scroll", got, hidden())
	}
	w.checkAccessibility("a long formatted text")
	evaluate[bool](w, `(document.querySelector('.editor .title').focus(), true)`)
	w.keys(kb.Tab)
	if got := evaluate[string](w, `document.activeElement.localName + ' ' + document.activeElement.ariaLabel`); got != "article Note" {
		t.Errorf("behind the title the focus is on %q", got)
	}
	w.keys(kb.End)
	w.wait("the end of the text", func() bool { return evaluate[bool](w, `document.querySelector('article').scrollTop > 99`) })

	w = p.account(a, "/notes")
	w.clickOn("link", title)
	w.find("field", "Note")
	w.usePrintStyles()
	if got, want := w.printedText(".note"), title+"|"+body; got != want {
		t.Errorf("on paper is\n%s\nnot\n%s", got, want)
	}
}
