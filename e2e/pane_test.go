package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/e2e/webdriver"
)

// driven is Firefox or WebKit with one person using it.
type driven struct {
	*webdriver.Session
	t   *testing.T
	ctx context.Context
}

func drive(t *testing.T, launch func(context.Context) (*webdriver.Session, error)) *driven {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	t.Cleanup(cancel)
	s, err := launch(ctx)
	must(t, err)
	t.Cleanup(s.Quit)
	return &driven{s, t, ctx}
}

// pane is a window of a driven browser, or the widget in it.
type pane struct {
	*driven
	window string
	frame  bool
}

// opened returns the browser's first window.
func (d *driven) opened() *pane {
	d.t.Helper()
	handles, err := d.Windows(d.ctx)
	must(d.t, err)
	return &pane{driven: d, window: handles[0]}
}

// tab opens another tab.
func (d *driven) tab() *pane {
	d.t.Helper()
	handle, err := d.OpenTab(d.ctx)
	must(d.t, err)
	return &pane{driven: d, window: handle}
}

const widgetFrame = `const aside = document.querySelector('aside-notes'); aside?.scrollIntoView(); return aside?.shadowRoot?.querySelector('iframe') ?? null`

// enter directs commands to the pane.
func (p *pane) enter() error {
	if err := p.Focus(p.ctx, p.window); err != nil || !p.frame {
		return err
	}
	frame, err := p.Find(p.ctx, widgetFrame)
	if err != nil {
		return err
	}
	if frame == "" {
		return errors.New("no widget on the page")
	}
	return p.Enter(p.ctx, frame)
}

// visit opens an address and returns its page once it has loaded.
func (p *pane) visit(address string) *pane {
	p.t.Helper()
	page := &pane{driven: p.driven, window: p.window}
	must(p.t, page.enter())
	must(p.t, p.Evaluate(p.ctx, `window.left = true`, nil))
	must(p.t, p.Navigate(p.ctx, address))
	page.wait("page at "+address, func() bool {
		return ask[bool](page, `return document.readyState === 'complete' && location.href !== 'about:blank' && !window.left`)
	})
	return page
}

// widget returns the frame on the pane's page.
func (p *pane) widget() *pane {
	p.t.Helper()
	w := &pane{driven: p.driven, window: p.window, frame: true}
	w.wait("widget", func() bool {
		return ask[bool](w, `return document.readyState === 'complete' && location.href !== 'about:blank'`)
	})
	return w
}

// ask evaluates a function body in the pane and returns the result, or the zero value while the pane is loading.
func ask[T any](p *pane, body string, args ...any) (result T) {
	if p.enter() == nil {
		_ = p.Evaluate(p.ctx, body, &result, args...)
	}
	return result
}

// known finds an element by its role and accessible name, once it can be clicked.
const known = `const [role, name] = arguments;
	const selectors = {button: 'button, [role=button]', link: 'a[href]', field: 'input, textarea, select', option: 'li button, li a, [role=option]'};
	const text = s => (s || '').replace(/\s+/g, ' ').trim();
	const called = e => e.getAttribute('aria-label') || (e.labels?.length ? [...e.labels].map(l => l.textContent).join(' ') : '') || e.innerText || e.title;
	return [...document.querySelectorAll(selectors[role])].find(e =>
		(role === 'option' ? text(e.innerText).includes(name) : text(called(e)) === name) &&
		!e.disabled && e.getAttribute('aria-disabled') !== 'true' && !e.closest('[inert], [hidden]') && e.checkVisibility()) ?? null`

// with calls do for an element, and repeats that until it succeeds.
func (p *pane) with(role, name string, do func(webdriver.Element) error) {
	p.t.Helper()
	var failed error
	done := poll(p.ctx, func() bool {
		var e webdriver.Element
		if failed = p.enter(); failed == nil {
			e, failed = p.Find(p.ctx, known, role, name)
		}
		if failed != nil || e == "" {
			return false
		}
		failed = do(e)
		return failed == nil || !slices.Contains(p.windows(), p.window) // the click may have closed the window
	})
	if !done {
		p.t.Fatalf("no %s %q: %v; the window shows:\n%s", role, name, failed, p.text())
	}
}

func (p *pane) click(name string) {
	p.t.Helper()
	p.clickOn("button", name)
}

func (p *pane) clickOn(role, name string) {
	p.t.Helper()
	p.with(role, name, func(e webdriver.Element) error { return p.Click(p.ctx, e) })
}

func (p *pane) find(role, name string) {
	p.t.Helper()
	p.with(role, name, func(webdriver.Element) error { return nil })
}

// fill replaces the content of a field.
func (p *pane) fill(label, text string) {
	p.t.Helper()
	p.with("field", label, func(e webdriver.Element) error {
		if err := p.Evaluate(p.ctx, fmt.Sprintf(`const e = (function () { %s })(...arguments); e.focus(); e.select()`, known), nil, "field", label); err != nil {
			return err
		}
		return p.Type(p.ctx, e, text)
	})
}

func (p *pane) value(label string) string {
	return ask[string](p, fmt.Sprintf(`return (function () { %s })(...arguments)?.value ?? ''`, known), "field", label)
}

func (p *pane) write(title, body string) {
	p.t.Helper()
	p.click("New note")
	p.fill("Title", title)
	p.fill("Note", body)
	p.sees("Saved")
}

func (p *pane) text() string { return ask[string](p, `return document.body?.innerText ?? ''`) }

func (p *pane) sees(text string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("%q", text), func() bool { return strings.Contains(p.text(), text) })
}

// opens calls do and returns the window that this opens.
func (p *pane) opens(do func()) *pane {
	p.t.Helper()
	before, err := p.Windows(p.ctx)
	must(p.t, err)
	do()
	popup := &pane{driven: p.driven}
	p.wait("new window", func() bool {
		for _, handle := range p.windows() {
			if !slices.Contains(before, handle) {
				popup.window = handle
			}
		}
		return popup.window != ""
	})
	return popup
}

func (d *driven) windows() []string {
	handles, err := d.Windows(d.ctx)
	must(d.t, err)
	return handles
}

// closes waits until the window has closed.
func (p *pane) closes() {
	p.t.Helper()
	p.wait("end of the window", func() bool { return !slices.Contains(p.windows(), p.window) })
}

func (p *pane) wait(what string, condition func() bool) {
	p.t.Helper()
	if !poll(p.ctx, condition) {
		p.t.Fatalf("no %s; the window shows:\n%s", what, p.text())
	}
}

// offers reports whether a list contains a note.
func (p *pane) offers(title string) bool {
	return ask[bool](p, fmt.Sprintf(`return (function () { %s })(...arguments) !== null`, known), "option", title)
}
