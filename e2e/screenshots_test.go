package e2e

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

var screenshotDir = flag.String("screenshots", "", "a folder for screenshots of what people see; empty: take none")

// TestScreenshots plays the main story once per look. With -screenshots it saves screenshots of each step. Without, it still tests
// each width and each color scheme.
func TestScreenshots(t *testing.T) {
	t.Parallel()
	a := start(t)
	for n, look := range []struct {
		name          string
		width, height int64
		dark          bool
	}{
		{"wide", 1280, 900, false},
		{"phone-dark", 360, 740, true},
		{"wide-dark", 1280, 900, true},
		{"phone", 360, 740, false},
	} {
		if n > 1 && *screenshotDir == "" {
			break // each width and each scheme has been tested
		}
		t.Run(look.name, func(t *testing.T) {
			p := newPerson(t)
			dress := func(w *window) {
				must(t, chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
					if !look.dark {
						return nil
					}
					_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
						Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
					})
					return err
				})))
			}
			must(t, chromedp.Do(p.ctx, chromedp.EmulateViewport(look.width, look.height)))
			page := p.visit(a.shop)
			dress(page)
			w := p.widget(a)
			dress(w)
			w.find("button", "Sign in")
			page.screenshot(look.name + "-1-shop")
			popup := w.opens(func() { w.click("Sign in") })
			dress(popup)
			popup.find("button", "Create an account")
			popup.screenshot(look.name + "-2-popup")
			popup.click("Create an account")
			popup.find("button", "Allow")
			popup.screenshot(look.name + "-3-consent")
			popup.click("Allow")
			popup.closes()
			w.sees("No notes yet.")
			page.screenshot(look.name + "-4-empty")
			w.write("Tasting: Alishan oolong", "Butter and orchids. Second steep at 90 °C is the best one.\n\nOrder the spring harvest before Friday.")
			w.closeNote()
			w.write("Gift for Noor", "The blue tin, not the red.")
			page.screenshot(look.name + "-5-editor")
			w.closeNote()
			w.wait("no open note", func() bool { return !strings.Contains(w.text(), "Move to trash") })
			page.screenshot(look.name + "-6-list")
		})
	}
}

// screenshot saves a screenshot of a window's whole page, if -screenshots is set.
func (w *window) screenshot(name string) {
	w.t.Helper()
	if *screenshotDir == "" {
		return
	}
	// The window becomes as high as the page, since what is out of sight isn't drawn, frames least of all.
	size := evaluate[[3]int64](w, `[innerWidth, innerHeight, document.documentElement.scrollHeight]`)
	if size[2] > size[1] {
		must(w.t, chromedp.Do(w.ctx, chromedp.EmulateViewport(size[0], size[2])))
		defer func() { must(w.t, chromedp.Do(w.ctx, chromedp.EmulateViewport(size[0], size[1]))) }()
	}
	w.saveImage(name, chromedp.CaptureScreenshot())
}

// saveImage repeats a picture until it stays the same, since the page and its frame settle their sizes in turn.
func (w *window) saveImage(name string, take chromedp.Action[[]byte]) {
	w.t.Helper()
	var png []byte
	w.wait("picture that stays the same", func() bool {
		before := png
		var err error
		png, err = chromedp.Run(w.ctx, take)
		return err == nil && bytes.Equal(before, png)
	})
	must(w.t, os.MkdirAll(*screenshotDir, 0o755))
	must(w.t, os.WriteFile(filepath.Join(*screenshotDir, name+".png"), png, 0o644))
}
