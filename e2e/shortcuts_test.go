package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// dispatchKey sends a key press or release to the browser like the system.
func (w *window) dispatchKey(half input.DispatchKeyEventType, key string, more ...func(*input.DispatchKeyEventParams)) {
	w.t.Helper()
	p := input.DispatchKeyEventParams{Type: half, Key: key}
	if len(key) == 1 && half == input.DispatchKeyEventTypeKeyDown {
		p.Text = key
	}
	for _, change := range more {
		change(&p)
	}
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, input.DispatchKeyEvent, p)
		return err
	})))
}

// A shortcut works outside text fields, once even if the key is held, and not with a modifier key.
func TestShortcutRunsOncePerKeyPress(t *testing.T) {
	t.Parallel()
	a := start(t)
	w := newPerson(t).signUp(a, a.shop)
	w.write("Oolong", "spring harvest")
	w.closeNote()
	w.waitForFocus("Oolong")

	for _, modifier := range []int64{1, 2, 4} { // Alt, Ctrl, Meta
		with := func(p *input.DispatchKeyEventParams) { p.Modifiers, p.Text = modifier, "" }
		w.dispatchKey(input.DispatchKeyEventTypeKeyDown, "n", with)
		w.dispatchKey(input.DispatchKeyEventTypeKeyUp, "n", with)
	}
	// A key is held and released elsewhere. The next release is of another key.
	w.dispatchKey(input.DispatchKeyEventTypeKeyDown, "n")
	w.dispatchKey(input.DispatchKeyEventTypeKeyUp, "x")
	evaluate[bool](w, `dispatchEvent(new Event('blur'))`)
	w.dispatchKey(input.DispatchKeyEventTypeKeyUp, "n")
	w.waitForFocus("Oolong")

	w.dispatchKey(input.DispatchKeyEventTypeKeyDown, "n")
	held := true
	for range 5 {
		w.dispatchKey(input.DispatchKeyEventTypeKeyDown, "n", func(p *input.DispatchKeyEventParams) { p.AutoRepeat = &held })
	}
	w.waitForFocus("Oolong")
	w.dispatchKey(input.DispatchKeyEventTypeKeyUp, "n")
	w.waitForFocus("Title")
	w.keys("n/?")
	if got := w.value("Title"); got != "n/?" {
		t.Errorf("the title is %q", got)
	}

	// In a dialog, Escape closes the dialog and nothing behind it.
	w.sees("Saved")
	w.click("Formatted")
	w.keys("?")
	w.waitForFocus("Close")
	w.keys("n")
	w.dispatchKey(input.DispatchKeyEventTypeKeyDown, "Escape", func(p *input.DispatchKeyEventParams) { p.WindowsVirtualKeyCode = 27 })
	w.dispatchKey(input.DispatchKeyEventTypeKeyUp, "Escape", func(p *input.DispatchKeyEventParams) { p.WindowsVirtualKeyCode = 27 })
	w.wait("no dialog", func() bool { return evaluate[bool](w, `!document.querySelector('dialog')`) })
	if got := w.value("Title"); got != "n/?" {
		t.Errorf("behind the dialog, the title of the open note is %q", got)
	}
}

// An input method uses Escape, Enter and the arrows for the text that is being composed.
func TestShortcutsIgnoreInputMethods(t *testing.T) {
	t.Parallel()
	a := start(t)
	w := newPerson(t).signUp(a, a.shop)
	w.write("Oolong", "spring harvest")
	compose := func(text string) {
		must(t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, input.ImeSetComposition, input.ImeSetCompositionParams{Text: text, SelectionStart: int64(len([]rune(text))), SelectionEnd: int64(len([]rune(text)))})
			return err
		})))
	}
	commit := func(text string) {
		must(t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, input.InsertText, input.InsertTextParams{Text: text})
			return err
		})))
	}
	// The system sends the key to the input method and not to the browser.
	taken := func(key string) {
		code := func(p *input.DispatchKeyEventParams) { p.WindowsVirtualKeyCode = 229 }
		w.dispatchKey(input.DispatchKeyEventTypeRawKeyDown, key, code)
		w.dispatchKey(input.DispatchKeyEventTypeKeyUp, key, code)
	}
	w.fill("Note", "春")
	compose("うーろん")
	taken("Escape")
	commit("烏龍")
	if got := w.value("Note"); got != "春烏龍" {
		t.Errorf("the note is %q", got)
	}

	w.fill("Tags", "茶")
	compose("ちゃ")
	taken("Enter")
	if tags := w.tags(); len(tags) > 0 {
		t.Errorf("a tag that is being composed is settled: %q", tags)
	}
	commit("葉")
	w.dispatchKey(input.DispatchKeyEventTypeKeyDown, "Enter")
	w.dispatchKey(input.DispatchKeyEventTypeKeyUp, "Enter")
	w.wait("the tag", func() bool { tags := w.tags(); return len(tags) == 1 && tags[0] == "茶葉" })
	w.sees("Saved")
	w.closeNote()
	w.keys("/")
	w.waitForFocus("Search notes")
	compose("うーろん")
	taken("ArrowDown")
	w.waitForFocus("Search notes")
}
