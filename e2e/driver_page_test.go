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

// driverBrowser is Firefox or WebKit with one person using it.
type driverBrowser struct {
	*webdriver.Session
	t   *testing.T
	ctx context.Context
}

func startDriver(t *testing.T, launch func(context.Context) (*webdriver.Session, error)) *driverBrowser {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	t.Cleanup(cancel)
	s, err := launch(ctx)
	must(t, err)
	t.Cleanup(s.Quit)
	return &driverBrowser{s, t, ctx}
}

// driverPage is a window of a driven browser, or the widget in it.
type driverPage struct {
	*driverBrowser
	window string
	frame  bool
}

// firstPage returns the browser's first window.
func (d *driverBrowser) firstPage() *driverPage {
	d.t.Helper()
	handles, err := d.Windows(d.ctx)
	must(d.t, err)
	return &driverPage{driverBrowser: d, window: handles[0]}
}

// tab opens another tab.
func (d *driverBrowser) tab() *driverPage {
	d.t.Helper()
	handle, err := d.OpenTab(d.ctx)
	must(d.t, err)
	return &driverPage{driverBrowser: d, window: handle}
}

const widgetFrame = `const aside = document.querySelector('aside-notes'); aside?.scrollIntoView(); return aside?.shadowRoot?.querySelector('iframe') ?? null`

// focus directs commands to the pane.
func (p *driverPage) focus() error {
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
func (p *driverPage) visit(address string) *driverPage {
	p.t.Helper()
	page := &driverPage{driverBrowser: p.driverBrowser, window: p.window}
	must(p.t, page.focus())
	must(p.t, p.Evaluate(p.ctx, `window.left = true`, nil))
	must(p.t, p.Navigate(p.ctx, address))
	late := time.Now().Add(10 * time.Second)
	page.wait("page at "+address, func() bool {
		// A browser that has just started may drop a navigation. Its window stays as it was, and it is navigated once more.
		if !late.IsZero() && time.Now().After(late) {
			late = time.Time{}
			must(p.t, p.Navigate(p.ctx, address))
		}
		return ask[bool](page, `return document.readyState === 'complete' && location.href !== 'about:blank' && !window.left`)
	})
	return page
}

// widget returns the frame on the pane's page.
func (p *driverPage) widget() *driverPage {
	p.t.Helper()
	w := &driverPage{driverBrowser: p.driverBrowser, window: p.window, frame: true}
	w.wait("widget", func() bool {
		return ask[bool](w, `return document.readyState === 'complete' && location.href !== 'about:blank'`)
	})
	return w
}

// ask evaluates a function body in the pane and returns the result, or the zero value while the pane is loading.
func ask[T any](p *driverPage, body string, args ...any) (result T) {
	if p.focus() == nil {
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

// withElement calls do for an element, and repeats that until it succeeds.
func (p *driverPage) withElement(role, name string, do func(webdriver.Element) error) {
	p.t.Helper()
	var failed error
	done := poll(p.ctx, func() bool {
		var e webdriver.Element
		if failed = p.focus(); failed == nil {
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

func (p *driverPage) click(name string) {
	p.t.Helper()
	p.clickOn("button", name)
}

func (p *driverPage) clickOn(role, name string) {
	p.t.Helper()
	p.withElement(role, name, func(e webdriver.Element) error { return p.Click(p.ctx, e) })
}

func (p *driverPage) find(role, name string) {
	p.t.Helper()
	p.withElement(role, name, func(webdriver.Element) error { return nil })
}

// fill replaces the content of a field.
func (p *driverPage) fill(label, text string) {
	p.t.Helper()
	p.withElement("field", label, func(e webdriver.Element) error {
		if err := p.Evaluate(p.ctx, fmt.Sprintf(`const e = (function () { %s })(...arguments); e.focus(); e.select()`, known), nil, "field", label); err != nil {
			return err
		}
		return p.Type(p.ctx, e, text)
	})
}

func (p *driverPage) value(label string) string {
	return ask[string](p, fmt.Sprintf(`return (function () { %s })(...arguments)?.value ?? ''`, known), "field", label)
}

func (p *driverPage) write(title, body string) {
	p.t.Helper()
	p.click("New note")
	p.fill("Title", title)
	p.fill("Note", body)
	p.sees("Saved")
}

func (p *driverPage) text() string { return ask[string](p, `return document.body?.innerText ?? ''`) }

func (p *driverPage) sees(text string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("%q", text), func() bool { return strings.Contains(p.text(), text) })
}

// opens calls do and returns the window that this opens.
func (p *driverPage) opens(do func()) *driverPage {
	p.t.Helper()
	before, err := p.Windows(p.ctx)
	must(p.t, err)
	do()
	popup := &driverPage{driverBrowser: p.driverBrowser}
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

func (d *driverBrowser) windows() []string {
	handles, err := d.Windows(d.ctx)
	must(d.t, err)
	return handles
}

// closes waits until the window has closed.
func (p *driverPage) closes() {
	p.t.Helper()
	p.wait("end of the window", func() bool { return !slices.Contains(p.windows(), p.window) })
}

func (p *driverPage) wait(what string, condition func() bool) {
	p.t.Helper()
	if !poll(p.ctx, condition) {
		p.t.Fatalf("no %s; the window shows:\n%s", what, p.text())
	}
}

// lists reports whether a list contains a note.
func (p *driverPage) lists(title string) bool {
	return ask[bool](p, fmt.Sprintf(`return (function () { %s })(...arguments) !== null`, known), "option", title)
}
