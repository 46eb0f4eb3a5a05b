package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// focusedLabel returns the label of the focused element, or else its first line of text or its tag name.
func (w *window) focusedLabel() string {
	s, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](
		`(e => e.getAttribute('aria-label') || e.innerText?.split('\n')[0] || e.localName)(document.activeElement)`))
	if err != nil {
		return ""
	}
	return s
}

func (w *window) waitForFocus(what string) {
	w.t.Helper()
	if !poll(w.ctx, func() bool { return w.focusedLabel() == what }) {
		w.t.Fatalf("the focus is not on %q but on %q in\n%s", what, w.focusedLabel(), w.text())
	}
}

// A person moves from the page to the notes and back without a mouse, and the focus is where they expect it.
func TestWidgetByKeyboardAlone(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	page := p.visit(a.shop)
	w := p.widget(a)
	w.find("button", "Sign in")
	// Past the shop's own links and into the frame.
	page.wait("the frame in reach of the Tab key", func() bool {
		page.keys(kb.Tab)
		return evaluate[string](page, `document.activeElement.localName`) == "aside-notes" || evaluate[string](page, `document.activeElement.localName`) == "iframe"
	})
	w.tabTo("button", "Sign in")
	popup := w.opens(func() { w.keys(kb.Enter) })
	popup.find("button", "Create an account")
	popup.press("Create an account")
	popup.find("button", "Allow") // inert for a moment, then enabled
	popup.press("Allow")
	popup.closes()
	w.waitForFocus("New note")

	w.keys(kb.Enter)
	w.waitForFocus("Title")
	w.keys("Oolong" + kb.Tab)
	w.waitForFocus("Note")
	w.keys("spring harvest")
	w.sees("Saved")
	w.keys(kb.Escape)
	w.waitForFocus("Oolong")
	w.keys("n")
	w.waitForFocus("Title")
	w.keys("Sencha")
	w.sees("Saved")
	w.keys(kb.Escape)
	w.waitForFocus("Sencha")
	w.keys(kb.ArrowDown)
	w.waitForFocus("Oolong")

	w.keys("/")
	w.waitForFocus("Search notes")
	w.keys("harvest")
	w.wait("only what was found", func() bool { return strings.Join(w.titles(), " ") == "Oolong" })
	w.keys(kb.ArrowDown)
	w.waitForFocus("Oolong")
	w.keys(kb.Enter)
	w.waitForFocus("Title")
	w.tabTo("button", "Move to trash")
	w.keys(kb.Enter)
	w.waitForFocus("Undo")
	w.keys(kb.Enter)
	w.sees("Restored.")
	w.waitForFocus("New note")

	w.keys("?")
	w.waitForFocus("Close")
	w.sees("Keyboard shortcuts")
	w.keys(kb.Enter)
	w.waitForFocus("New note")

	w.tabBackTo("Sign out")
	w.keys(kb.Enter)
	w.waitForFocus("Sign in")
}

// tabBackTo moves the focus back to a button with the keyboard alone.
func (w *window) tabBackTo(name string) {
	w.t.Helper()
	w.wait("button "+name+" in reach of Shift and Tab", func() bool {
		if w.focusedLabel() == name {
			return true
		}
		must(w.t, chromedp.Do(w.ctx, chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(8))))
		return false
	})
}

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
