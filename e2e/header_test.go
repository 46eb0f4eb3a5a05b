package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// The person's name appears after the button for a new note, which doesn't move, however narrow the page is.
func TestNewNoteStaysWhereItIs(t *testing.T) {
	t.Parallel()
	a := start(t)
	g := newGate(t)
	p := g.slowly(t)
	w := p.signUp(a, a.shop)
	who := evaluate[string](w, `document.querySelector('.who').textContent`)
	for _, width := range []int64{320, 480, 1280} {
		must(t, chromedp.Do(p.ctx, chromedp.EmulateViewport(width, 900)))
		g.close()
		p.visit(a.shop)
		w = p.widget(a)
		before := *w.find("button", "New note")
		if evaluate[string](w, `document.querySelector('.who').textContent`) != "" {
			t.Fatal("the name came through the gate")
		}
		g.open()
		w.sees(who)
		if after := *w.find("button", "New note"); after != before {
			t.Errorf("%d px wide: New note moves from %v to %v", width, before, after)
		}
	}
}
