package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Text is readable on any background that a page sets.
func TestTextIsReadableInAnyColors(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	w := p.widget(a)
	w.find("button", "Sign in")
	for _, variables := range []string{
		`{"background":"#101830"}`, `{"background":"#777","text":"#888","muted":"#999"}`, `{"text":"#fff","accent":"#ff0"}`, `{"accent":"#00f","muted":"#ddd"}`,
	} {
		for _, theme := range []string{"light", "dark"} {
			evaluate[bool](&window{person: p, ctx: p.ctx}, `{ const e = document.querySelector('aside-notes'); e.setAttribute('theme', `+quote(theme)+`); e.setAttribute('variables', `+quote(variables)+`); true }`)
			w.wait("theme "+theme, func() bool { return evaluate[string](w, `document.documentElement.style.colorScheme`) == theme })
			w.checkAccessibility(theme+" "+variables, rules(1)...)
		}
	}
}

// An accent may have any color, from the console or a page. Text on it is readable, also in the dark scheme and on hover.
func TestTextIsReadableOnAnyAccent(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	w := p.widget(a)
	at := w.find("button", "Sign in")
	for _, hover := range []bool{false, true} {
		if hover {
			must(t, chromedp.Do(w.ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at.X, at.Y)))
			w.wait("the mouse over the button", func() bool { return evaluate[bool](w, `document.querySelector('.primary').matches(':hover')`) })
		}
		worst := evaluate[struct {
			Ratio float64
			Color string
			Tried int
		}](w, contrasts)
		t.Logf("of %d the worst is %s: %.2f", worst.Tried, worst.Color, worst.Ratio)
		if worst.Ratio < 4.5 || worst.Tried < 1500 {
			t.Errorf("hover %v: on %s the text has a contrast of %.2f", hover, worst.Color, worst.Ratio)
		}
	}
}

// contrasts tries accents on the frame's button: corners, all grays, since the text changes from black to white among them,
// and 500 others that are the same on every run.
const contrasts = `(() => {
	const button = document.querySelector('.primary'), root = document.documentElement;
	const pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
	const light = color => {
		pen.fillStyle = color;
		pen.fillRect(0, 0, 1, 1);
		const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map(n => n / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	let seed = 1;
	const random = () => (seed = seed * 48271 % 2147483647) & 255;
	const colors = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [0, 255, 255], [255, 0, 255]];
	for (let i = 0; i < 256; i++) colors.push([i, i, i]);
	for (let i = 0; i < 500; i++) colors.push([random(), random(), random()]);
	let worst = {Ratio: 99}, Tried = 0;
	for (const theme of ['light', 'dark']) for (const rgb of colors) {
		Tried++;
		root.style.colorScheme = theme;
		root.style.setProperty('--aside-accent', 'rgb(' + rgb + ')');
		const style = getComputedStyle(button);
		if (style.boxShadow !== 'none' || style.backgroundImage !== 'none' || style.opacity !== '1') throw 'there is more on the button than its color';
		const [a, b] = [light(style.color), light(style.backgroundColor)].sort((a, b) => a - b), Ratio = (b + 0.05) / (a + 0.05);
		if (Ratio < worst.Ratio) worst = {Ratio, Color: rgb + ' ' + theme};
	}
	return {...worst, Tried};
})()`

// A double click presses one button. On a small screen the open note replaces the list.
func TestADoubleClickIsOneClick(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	w := p.signUp(a, a.shop)
	(&window{person: p, ctx: p.ctx}).setWidth(360)
	double := func(role, name string) {
		at := w.find(role, name)
		w.clickOn(role, name)
		must(t, chromedp.Do(w.ctx, chromedp.MouseClickXY(at.X, at.Y, chromedp.ClickCount(2))))
	}
	double("button", "New note")
	w.fill("Title", "Oolong")
	for i := range 8 { // the middle of a row may be any button
		w.click("All notes")
		w.write(fmt.Sprint("Note ", i), "text")
	}
	w.click("All notes")
	for i := range 8 {
		double("option", fmt.Sprint("Note ", i))
		if got := w.value("Title"); got != fmt.Sprint("Note ", i) {
			t.Errorf("after a double click on note %d, %q is open", i, got)
		}
		w.click("All notes")
	}
}
