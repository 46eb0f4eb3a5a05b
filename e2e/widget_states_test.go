package e2e

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
)

// texts is the widget's texts in a language.
func texts(t testing.TB, tag string) map[string]string {
	t.Helper()
	return readTexts(t, "../widget/src/locales/"+tag+".json", "../widget/src/locales/"+tag+".extras.json")
}

// pageTexts is the texts of the pages of the account origin in a language.
func pageTexts(t testing.TB, tag string) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../web/src/locales/" + tag + ".*json")
	must(t, err)
	return readTexts(t, files...)
}

func readTexts(t testing.TB, files ...string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		must(t, err)
		var part map[string]any
		must(t, json.Unmarshal(source, &part))
		for key, text := range part {
			switch text := text.(type) {
			case string:
				texts[key] = text
			case map[string]any: // the plural forms
				for form, text := range text {
					texts[key+"."+form] = text.(string)
				}
			}
		}
	}
	return texts
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
			text := texts(t, tag)
			p := newPerson(t)
			page := p.visit(a.shop + "/order")
			evaluate[bool](page, `(document.querySelector('aside-notes').setAttribute('locale', '`+tag+`'), true)`)
			w := p.widget(a)
			check := func(state string) {
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
				w.click(text["newNote"])
				w.fill(text["fieldTitle"], title)
				w.fill(text["fieldNote"], body)
				w.sees(text["saved"])
			}
			w.find("button", text["signIn"])
			check("signed-out")
			popup := w.opens(func() { w.click(text["signIn"]) })
			w.sees(text["signingIn"])
			check("signing-in")
			popup.click(pageTexts(t, tag)["createAccount"])
			popup.click(pageTexts(t, tag)["allow"])
			popup.closes()
			w.find("button", text["newNote"])
			w.sees(text["none"])
			check("empty")
			write("Tasting: Alishan oolong", sample)
			w.sees("second steep at 90 °C. See the shop.") // in the list, without Markdown
			w.fill(text["fieldTags"], "tea, gifts")
			w.sees(text["saved"])
			check("editor")
			w.click(text["read"])
			w.wait("formatted text", func() bool { return evaluate[bool](w, `!!document.querySelector('article h2')`) })
			check("formatted")
			w.closeNote()
			write("Gift for Noor", "The blue tin, not the red.")
			w.click(text["pin"])
			w.sees(text["pinned"])
			write("قائمة الشاي", "شاي أخضر بالنعناع")
			w.closeNote()
			check("list")
			w.fill(text["search"], "nothing like that")
			w.wait("no result", func() bool { return len(w.titles()) == 0 })
			w.wait("the answer", func() bool { return evaluate[bool](w, `document.querySelector('ul').ariaBusy === 'false'`) })
			check("nothing-found")
			w.fill(text["search"], "tin")
			w.wait("a result", func() bool { return len(w.titles()) > 0 })
			w.clickOn("option", "Gift for Noor")
			w.click(text["moveToTrash"])
			w.sees(text["trashed"])
			check("trashed")
			w.click(text["trash"])
			w.click(text["delete"])
			w.find("button", text["deleteYes"])
			check("trash")
			w.click(text["trash"])
			w.clickOn("option", "Tasting")
			w.setWidgetOffline(true)
			w.fill(text["fieldNote"], "Written on a train.")
			w.sees(text["offline"])
			check("offline")
			other := p.tab(a, a.shop)
			other.clickOn("option", "Tasting")
			other.fill("Title", "Tasting, from another tab")
			other.sees("Saved")
			w.setWidgetOffline(false)
			w.sees(text["keepMine"])
			check("changed-elsewhere")
			w.click(text["keepMine"])
			w.sees(text["saved"])
			w.closeNote()
			w.keys("?")
			w.find("button", text["done"])
			check("keys")
			w.click(text["done"])
			w.click(text["signOut"])
			w.find("button", text["signIn"])
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
