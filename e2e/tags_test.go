package e2e

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// tags are those of the open note that are settled.
func (w *window) tags() []string {
	w.t.Helper()
	return evaluate[[]string](w, `[...document.querySelectorAll('.editor .tags button')].map(b => b.textContent.replace(/ ×$/, ''))`)
}

func (w *window) hasTags(want ...string) {
	w.t.Helper()
	var got []string
	if !poll(w.ctx, func() bool { got = w.tags(); return slices.Equal(got, want) }) {
		w.t.Fatalf("the tags are %q, not %q", got, want)
	}
}

// A tag is typed and settled with a comma, Enter, or by going on; it is taken off with a click, or with Backspace.
func TestTagsComeAndGo(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.signUp(a, a.shop)
	w.write("Oolong", "spring harvest")
	w.fill("Tags", "tea,")
	w.hasTags("tea")
	w.keys("gifts، tea，")
	w.hasTags("tea", "gifts")
	w.keys("tea leaves" + kb.Enter) // which begins as one that is there
	w.hasTags("tea", "gifts", "tea leaves")
	w.isOn("Tags")
	w.keys(kb.Backspace)
	w.hasTags("tea", "gifts")
	w.click("Delete: tea")
	w.hasTags("gifts")
	w.isOn("Tags")
	w.keys("to")
	w.sees("Saved") // which is told to this page, too
	w.keys(" order")
	w.sees("Saved")
	w.click("All notes")
	w.sees("to order")

	// So the server has them, and the list offers them.
	p.visit(a.shop)
	w = p.widget(a)
	w.click("to order")
	w.clickOn("option", "Oolong")
	w.hasTags("gifts", "to order")
	if known := evaluate[[]string](w, `[...document.querySelectorAll('datalist option')].map(o => o.value)`); !slices.Equal(known, []string{"gifts", "to order"}) {
		t.Errorf("the field offers %q", known)
	}
}
