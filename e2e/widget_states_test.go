package e2e

import (
	"encoding/json"
	"flag"
	"os"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
)

// texts is the widget's texts in a language.
func texts(t *testing.T, tag string) map[string]string {
	t.Helper()
	said := map[string]string{}
	for _, kind := range []string{".json", ".extras.json"} {
		source, err := os.ReadFile("../widget/src/locales/" + tag + kind)
		must(t, err)
		var part map[string]any
		must(t, json.Unmarshal(source, &part))
		for key, text := range part {
			if s, ok := text.(string); ok {
				said[key] = s
			}
		}
	}
	return said
}

// TestEachStateOfTheWidget shows every state of the widget, left-to-right and right-to-left, and checks each with axe-core in
// light and dark. With -screenshots it saves screenshots of each.
func TestEachStateOfTheWidget(t *testing.T) {
	t.Parallel()
	flag.Parse()
	a := start(t)
	tags := []string{"en", "ar"}
	if *screenshotDir != "" {
		tags = append(tags, "ja") // its lines break within words: only for looking at
	}
	for _, tag := range tags {
		t.Run(tag, func(t *testing.T) {
			say := texts(t, tag)
			p := newPerson(t)
			page := p.visit(a.shop + "/order")
			evaluate[bool](page, `(document.querySelector('aside-notes').setAttribute('locale', '`+tag+`'), true)`)
			w := p.widget(a)
			look := func(state string) {
				t.Helper()
				w.t = t
				for i, scheme := range []string{"light", "dark"} {
					page.setColorScheme(scheme)
					w.setColorScheme(scheme)
					w.checkAccessibility(tag+" "+state+" "+scheme, rules(i)...)
					page.screenshots(w, "widget-"+state+"-"+tag+"-"+scheme)
				}
			}
			write := func(title, body string) {
				w.click(say["newNote"])
				w.fill(say["fieldTitle"], title)
				w.fill(say["fieldNote"], body)
				w.sees(say["saved"])
			}
			w.find("button", say["signIn"])
			look("signed-out")
			popup := w.opens(func() { w.click(say["signIn"]) })
			w.sees(say["signingIn"])
			look("signing-in")
			popup.click("Create an account")
			popup.click("Allow")
			popup.closes()
			w.find("button", say["newNote"])
			w.sees(say["none"])
			look("empty")
			write("Tasting: Alishan oolong", sample)
			w.sees("second steep at 90 °C. See the shop.") // in the list, without Markdown
			w.fill(say["fieldTags"], "tea, gifts")
			w.sees(say["saved"])
			look("editor")
			w.click(say["read"])
			w.wait("formatted text", func() bool { return evaluate[bool](w, `!!document.querySelector('article h2')`) })
			look("formatted")
			w.click(say["close"])
			write("Gift for Noor", "The blue tin, not the red.")
			w.click(say["pin"])
			w.sees(say["pinned"])
			write("قائمة الشاي", "شاي أخضر بالنعناع")
			w.click(say["close"])
			look("list")
			w.fill(say["search"], "nothing like that")
			w.wait("no result", func() bool { return len(w.titles()) == 0 })
			w.wait("the answer", func() bool { return evaluate[bool](w, `document.querySelector('ul').ariaBusy === 'false'`) })
			look("nothing-found")
			w.fill(say["search"], "tin")
			w.wait("a result", func() bool { return len(w.titles()) > 0 })
			w.clickOn("option", "Gift for Noor")
			w.click(say["moveToTrash"])
			w.sees(say["trashed"])
			look("trashed")
			w.click(say["trash"])
			w.click(say["delete"])
			w.find("button", say["deleteYes"])
			look("trash")
			w.click(say["trash"])
			w.clickOn("option", "Tasting")
			w.setWidgetOffline(true)
			w.fill(say["fieldNote"], "Written on a train.")
			w.sees(say["offline"])
			look("offline")
			other := p.tab(a, a.shop)
			other.clickOn("option", "Tasting")
			other.fill("Title", "Tasting, from another tab")
			other.sees("Saved")
			w.setWidgetOffline(false)
			w.sees(say["keepMine"])
			look("changed-elsewhere")
			w.click(say["keepMine"])
			w.sees(say["saved"])
			w.click(say["close"])
			w.keys("?")
			w.find("button", say["done"])
			look("keys")
			w.click(say["done"])
			w.click(say["signOut"])
			w.find("button", say["signIn"])
		})
	}
}

// screenshots saves screenshots of the widget in a page's frame at several widths, if -screenshots is set.
func (w *window) screenshots(frame *window, name string) {
	w.t.Helper()
	if *screenshotDir == "" {
		return
	}
	for _, width := range []int64{280, 360, 1280} {
		must(w.t, chromedp.Do(w.ctx, chromedp.EmulateViewport(width, 1600))) // higher than any state, since what is out of sight isn't drawn
		w.wait("frame that fits", func() bool {
			return evaluate[int](frame, `innerWidth`) == evaluate[int](w, `document.querySelector('aside-notes').clientWidth`) &&
				evaluate[bool](frame, `document.body.scrollHeight <= innerHeight`)
		})
		w.saveImage(name+"-"+strconv.FormatInt(width, 10), chromedp.Screenshot(chromedp.CSS("aside-notes")))
	}
	w.setWidth(1280)
}
