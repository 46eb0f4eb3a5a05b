package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// forceColors applies a system's forced colors to a window.
func (w *window) forceColors() {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}},
		})
		return err
	})))
}

// ring reports whether the outline of the focused element has a contrast of 3:1 to its background (WCAG 1.4.11).
const ring = `(() => {
	const pen = new OffscreenCanvas(1, 1).getContext('2d'), style = getComputedStyle(document.activeElement);
	const light = (...colors) => {
		for (const color of colors) { pen.fillStyle = color; pen.fillRect(0, 0, 1, 1); }
		const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map(n => n / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const paper = getComputedStyle(document.documentElement).backgroundColor;
	const [a, b] = [light(paper), light(paper, style.outlineColor)].sort((a, b) => a - b);
	return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && (b + 0.05) / (a + 0.05) >= 3;
})()`

// The focus is visible on each element that the keyboard reaches, also on a button in the tenant's color, in light, dark and forced colors.
func TestFocusIsVisible(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	w := p.widget(a)
	page := &window{person: p, ctx: p.ctx}
	w.find("button", "Sign in")
	for _, theme := range []string{"light", "dark"} {
		evaluate[bool](page, `(document.querySelector('aside-notes').setAttribute('theme', `+quote(theme)+`), true)`)
		w.wait("theme "+theme, func() bool { return evaluate[string](w, `document.documentElement.style.colorScheme`) == theme })
		w.tabTo("button", "Sign in")
		if !evaluate[bool](w, ring) {
			t.Errorf("%s: the ring of a primary button is not seen", theme)
		}
		evaluate[bool](w, `(document.activeElement.blur(), true)`)
	}
	w = p.signUp(a, a.shop)
	w.click("New note")
	w.waitForFocus("Title")
	w.forceColors()
	for _, field := range []string{"Title", "Note"} {
		w.waitForFocus(field)
		if !evaluate[bool](w, ring) {
			t.Errorf("in forced colors the focus on %s is not seen", field)
		}
		w.keys(kb.Tab)
	}
}

// An empty field starts at the side of the page's language, and its direction follows the text.
func TestEmptyFieldsFollowTheLanguageDirection(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.signUp(a, a.shop)
	w.click("New note")
	w.waitForFocus("Title")
	evaluate[bool](w, `(document.documentElement.dir = 'rtl', true)`)
	direction := func() string { return evaluate[string](w, `getComputedStyle(document.activeElement).direction`) }
	if got := direction(); got != "rtl" {
		t.Errorf("an empty title is %s", got)
	}
	w.keys("Oolong")
	w.wait("title from left to right", func() bool { return direction() == "ltr" })
	w.keys(kb.Tab)
	w.waitForFocus("Note")
	if got := direction(); got != "rtl" {
		t.Errorf("an empty note is %s", got)
	}
}
