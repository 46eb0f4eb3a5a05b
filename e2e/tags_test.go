package e2e

import (
	"context"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// tags returns the completed tags of the open note.
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

// A comma, Enter or leaving the field completes a tag; a click or Backspace removes it.
func TestTagsAreAddedAndRemoved(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.signUp(a, a.shop)
	w.write("Oolong", "spring harvest")
	w.fill("Tags", "tea,")
	w.hasTags("tea")
	w.keys("gifts، tea，")
	w.hasTags("tea", "gifts")
	w.keys("tea leaves" + kb.Enter) // begins like an existing tag
	w.hasTags("tea", "gifts", "tea leaves")
	w.waitForFocus("Tags")
	w.keys(kb.Backspace)
	w.hasTags("tea", "gifts")
	w.click("Delete: tea")
	w.hasTags("gifts")
	w.waitForFocus("Tags")
	// The field lost the focus to the button, and ends a tag in a timer then. A browser may prefer keys to timers.
	_, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`new Promise(done => setTimeout(() => done(true)))`, chromedp.EvalAwaitPromise))
	must(t, err)
	w.keys("to")
	w.sees("Saved") // this page learns it too
	w.keys(" order")
	w.sees("Saved")
	w.closeNote()
	w.sees("to order")

	// The server has them, so the list offers them.
	p.visit(a.shop)
	w = p.widget(a)
	w.click("to order")
	w.clickOn("option", "Oolong")
	w.hasTags("gifts", "to order")
	if known := evaluate[[]string](w, `[...document.querySelectorAll('datalist option')].map(o => o.value)`); !slices.Equal(known, []string{"gifts", "to order"}) {
		t.Errorf("the field offers %q", known)
	}
}

// compose makes an input method show one text after the other, as with key presses, and insert the last one.
func (w *window) compose(texts ...string) {
	w.t.Helper()
	call := func(act func(context.Context, *chromedp.Target) error) {
		must(w.t, chromedp.Do(w.ctx, chromedp.Func(act)))
	}
	for _, text := range texts {
		call(func(ctx context.Context, tab *chromedp.Target) error {
			end := int64(len([]rune(text)))
			_, err := cdp.Call(ctx, tab, input.ImeSetComposition, input.ImeSetCompositionParams{Text: text, SelectionStart: end, SelectionEnd: end})
			return err
		})
	}
	call(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, input.InsertText, input.InsertTextParams{Text: texts[len(texts)-1]})
		return err
	})
}

// A tag typed with an input method is completed when the composition ends, and not split at a comma in between.
func TestATagByAnInputMethod(t *testing.T) {
	t.Parallel()
	a := start(t)
	w := newPerson(t).signUp(a, a.shop)
	w.write("Oolong", "spring harvest")
	w.clickOn("field", "Tags")
	w.compose("n", "に", "にほ", "にほん、", "日本茶")
	w.sees("Saved")
	w.wait("the tag in the field", func() bool { return w.value("Tags") == "日本茶" })
	w.keys(kb.Enter)
	w.hasTags("日本茶")
}
