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

// An accent may have any color. The button has exactly that color in both schemes, also on hover. Text on it is readable, and the button
// or its edge stands out from the background.
func TestAnAccentStaysWhatItIs(t *testing.T) {
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
		type pair struct {
			Ratio float64
			Color string
		}
		worst := evaluate[struct {
			Text, Edge pair
			Other      []string
			Edges      int // buttons with an edge of another color
			Tried      int
		}](w, `(`+accents+`)(`+quote(a.shop)+`)`)
		t.Logf("of %d, %d with an edge, the worst are %v", worst.Tried, worst.Edges, worst)
		if worst.Tried < 1500 || worst.Edges < 100 || worst.Edges > worst.Tried/2 {
			t.Errorf("hover %v: of %d buttons, %d have an edge", hover, worst.Tried, worst.Edges)
		}
		if worst.Text.Ratio < 4.5 {
			t.Errorf("hover %v: on %s the text has a contrast of %.2f", hover, worst.Text.Color, worst.Text.Ratio)
		}
		if worst.Edge.Ratio < 3 {
			t.Errorf("hover %v: a button in %s has a contrast of %.2f", hover, worst.Edge.Color, worst.Edge.Ratio)
		}
		if len(worst.Other) > 0 {
			t.Errorf("hover %v: %d buttons have another color: %v", hover, len(worst.Other), worst.Other[:min(len(worst.Other), 9)])
		}
	}
}

// accents gives the frame's button accents on several backgrounds: corners, all grays, since the text changes from black to white among
// them, and 500 others that are the same on every run.
const accents = `origin => {
	const button = document.querySelector('.primary');
	const pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
	const light = color => {
		pen.fillStyle = color;
		pen.fillRect(0, 0, 1, 1);
		const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map(n => n / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const ratio = (one, other) => {
		const [a, b] = [light(one), light(other)].sort((a, b) => a - b);
		return (b + 0.05) / (a + 0.05);
	};
	let seed = 1;
	const random = () => (seed = seed * 48271 % 2147483647) & 255;
	const colors = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [0, 255, 255], [255, 0, 255], [255, 212, 0]];
	for (let i = 0; i < 256; i++) colors.push([i, i, i]);
	for (let i = 0; i < 500; i++) colors.push([random(), random(), random()]);
	const looks = colors.flatMap(rgb => [['light'], ['dark'], ...rgb[0] % 9 ? [] : [['light', '#777'], ['dark', '#123'], ['light', '#fd0']]].map(look => [rgb, ...look]));
	const worst = {Text: {Ratio: 99}, Edge: {Ratio: 99}, Other: [], Edges: 0, Tried: looks.length};
	for (const [rgb, theme, background] of looks) {
		const accent = 'rgb(' + rgb.join(', ') + ')', Color = accent + ' ' + theme + ' ' + (background ?? '');
		dispatchEvent(new MessageEvent('message', {source: parent, origin, data: {type: 'aside:update', v: 1, theme, variables: JSON.stringify({accent, background})}}));
		const style = getComputedStyle(button), ground = getComputedStyle(document.documentElement).backgroundColor;
		if (style.boxShadow !== 'none' || style.backgroundImage !== 'none' || style.opacity !== '1') throw 'there is more on the button than its color';
		const text = ratio(style.color, style.backgroundColor);
		const edge = Math.max(ratio(style.backgroundColor, ground), style.borderStyle === 'solid' && parseFloat(style.borderWidth) >= 1 ? ratio(style.borderColor, ground) : 0);
		if (style.backgroundColor !== accent) worst.Other.push(Color + ': ' + style.backgroundColor);
		if (style.borderColor !== accent) worst.Edges++;
		if (text < worst.Text.Ratio) worst.Text = {Ratio: text, Color};
		if (edge < worst.Edge.Ratio) worst.Edge = {Ratio: edge, Color};
	}
	return worst;
}`

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
		w.closeNote()
		w.write(fmt.Sprint("Note ", i), "text")
	}
	w.closeNote()
	for i := range 8 {
		double("option", fmt.Sprint("Note ", i))
		if got := w.value("Title"); got != fmt.Sprint("Note ", i) {
			t.Errorf("after a double click on note %d, %q is open", i, got)
		}
		w.closeNote()
	}
}
