package e2e

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

var axe = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile("../node_modules/axe-core/axe.min.js")
	return string(source), err
})

// checkPage fails for each problem that axe-core finds in the window, in light and dark, and if the content doesn't fit a
// screen of 320 px (1280 px at 400 %). With -screenshots it saves screenshots of the state.
func (w *window) checkPage(state string) {
	w.t.Helper()
	for i, scheme := range []string{"dark", "light"} {
		w.setColorScheme(scheme)
		w.checkAccessibility(state+", "+scheme, rules(i)...)
		if *screenshotDir != "" {
			for _, width := range []int64{360, 1280} {
				w.setWidth(width)
				w.screenshot(state + map[int64]string{360: "-phone", 1280: "-wide"}[width] + "-" + scheme)
			}
		}
	}
	w.setWidth(320)
	over := evaluate[[]string](w, `[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility()
		&& !e.closest('nav ul, .scroll, pre')).map(e => e.outerHTML.slice(0, 120))`)
	if len(over) > 0 {
		w.t.Errorf("%s: at 320 px this is cut off:\n%s", state, strings.Join(over, "\n"))
	}
	w.setWidth(1280)
}

// rules returns the rules for the nth color scheme: all rules for the first, and those about colors for others.
func rules(nth int) []string {
	if nth == 0 {
		return nil
	}
	return []string{"color-contrast", "link-in-text-block"}
}

// checkAccessibility fails for each problem that axe-core finds in the window, by all rules or by the given ones.
func (w *window) checkAccessibility(state string, rules ...string) {
	w.t.Helper()
	if !evaluate[bool](w, `'axe' in window`) {
		source, err := axe()
		must(w.t, err)
		_, err = chromedp.Run(w.ctx, chromedp.Evaluate[any](source+"; null"))
		must(w.t, err)
	}
	only, err := json.Marshal(rules)
	must(w.t, err)
	found, err := chromedp.Run(w.ctx, chromedp.Evaluate[[]string](`axe.run(document, {resultTypes: ['violations'], ...(`+string(only)+` && {runOnly: `+string(only)+`})}).then(r =>
		r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target.join(' ') + ': ' + n.failureSummary)))`, chromedp.EvalAwaitPromise))
	must(w.t, err)
	if len(found) > 0 {
		w.t.Errorf("%s: %d violations\n%s", state, len(found), strings.Join(found, "\n"))
	}
}

// setWidth sets the width of the window.
func (w *window) setWidth(width int64) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.EmulateViewport(width, 900)))
}

// setColorScheme sets the system's color scheme and reduced motion.
func (w *window) setColorScheme(scheme string) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	})))
}

// await returns the value of a promise.
func await[T any](w *window, promise string) T {
	w.t.Helper()
	v, err := chromedp.Run(w.ctx, chromedp.Evaluate[T](promise, chromedp.EvalAwaitPromise))
	must(w.t, err)
	return v
}
