package e2e

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

const sample = `# Tasting

Butter and **orchids**, _second_ steep at 90 °C. See [the shop](https://shop.example/tea).

- rinse first
- then steep

> Order before Friday.

[no link](javascript:alert(1)) <img src=x onerror=alert(1)>`

func TestMarkdownIsShownAndStaysText(t *testing.T) {
	t.Parallel()
	a := start(t)
	w := newPerson(t).signUp(a, a.shop)
	w.click("New note")
	w.fill("Title", "Markdown")
	w.fill("Note", sample)
	w.click("Formatted")
	w.wait("formatted text", func() bool { return evaluate[bool](w, `!!document.querySelector('article h2')`) })
	for _, selector := range []string{"article b", "article i", "article ul li", "article blockquote", `article a[href="https://shop.example/tea"][rel="noopener noreferrer"]`} {
		if !evaluate[bool](w, `!!document.querySelector(`+quote(selector)+`)`) {
			t.Errorf("no %s in the formatted text", selector)
		}
	}
	if evaluate[bool](w, `!!document.querySelector('article img, article a[href^=javascript]')`) {
		t.Error("a note's text has become markup")
	}
	w.sees("[no link](javascript:alert(1)) <img src=x onerror=alert(1)>")
	w.click("Formatted")
	if got := w.value("Note"); got != sample {
		t.Errorf("the text is %q", got)
	}
}

// Beside the list, a note is closed; over it, a person goes back to all notes. The button follows the width, and the focus returns to the note.
func TestTheButtonThatClosesANoteFollowsTheWidth(t *testing.T) {
	t.Parallel()
	a := start(t)
	site := a.startSite(t, "wide.localhost", func(tenant string) http.Handler {
		return htmlHandler(documentedSnippet(t, "# Embedding the widget", "html", a.frame, tenant))
	})
	p := newPerson(t)
	w, page := p.signUp(a, site), &window{person: p, ctx: p.ctx}
	w.write("Oolong", "spring harvest")
	for width, name := range map[int64]string{400: "All notes", 1000: "Close"} {
		page.setWidth(width)
		w.click(name)
		w.waitForFocus("Oolong")
		w.keys(kb.Enter)
		w.waitForFocus("Title")
	}
}
