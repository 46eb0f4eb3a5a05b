package web

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
)

var languages = []string{"en", "ar", "de", "es", "fr", "ja", "pt-BR"}

// The widget's language comes first, then the browser's. What no language fits is skipped.
func TestPopupLanguage(t *testing.T) {
	for _, c := range []struct{ asked, accepted, tag, direction string }{
		{"", "", "en", "ltr"},
		{"", "de-CH, en;q=0.5", "de", "ltr"}, // a widget of an earlier release asks for none
		{"fr", "de", "fr", "ltr"},
		{"pt-BR", "de", "pt-BR", "ltr"},
		{"xx ar", "de", "ar", "rtl"},
		{"xx", "ja", "ja", "ltr"},
		{"xx", "xx", "en", "ltr"},
		{"de-AT-x-private", "ja", "de", "ltr"},
	} {
		v := visit{interaction: testInteraction()}
		v.interaction.UILocales = c.asked
		checkLanguage(t, &v, authorize, c.accepted, c.tag, c.direction)
	}
}

func TestPagesFollowTheBrowser(t *testing.T) {
	for _, path := range []string{"/", "/account", "/account/notes", "/recover"} {
		for accepted, want := range map[string][2]string{"": {"en", "ltr"}, "ar-EG, de": {"ar", "rtl"}, "sw, pt;q=0.1": {"pt-BR", "ltr"}} {
			checkLanguage(t, &visit{}, path, accepted, want[0], want[1])
		}
	}
	refused := visit{err: &auth.Error{Status: http.StatusGone, Code: "request_expired", Message: "In English."}}
	checkLanguage(t, &refused, authorize, "ja", "ja", "ltr")
}

// checkLanguage gets a page, which must be in the language, and must tell caches what that depends on.
func checkLanguage(t *testing.T, v *visit, path, accepted, tag, direction string) {
	t.Helper()
	w := v.get(t, path, "Accept-Language", accepted)
	if !strings.Contains(w.Body.String(), `<html lang="`+tag+`" dir="`+direction+`">`) || w.Header().Get("Content-Language") != tag {
		t.Errorf("%s asked for %q, accepting %q: %.60s, %q", path, v.interaction.UILocales, accepted, w.Body, w.Header().Get("Content-Language"))
	}
	if vary := strings.Join(w.Header().Values("Vary"), ", "); !strings.Contains(vary, "Accept-Language") {
		t.Errorf("%s varies by %q", path, vary)
	}
	checkMarkup(t, w.Body.String())
}

func TestConsoleIsEnglish(t *testing.T) {
	page := (&visit{}).get(t, "/console", "Accept-Language", "ar").Body.String()
	if !strings.Contains(page, `<html lang="en" dir="ltr">`) {
		t.Errorf("%.60s", page)
	}
}

// Only one language is sent, and a script gets the texts of its page alone.
func TestScriptsGetOneLanguage(t *testing.T) {
	v := visit{interaction: testInteraction()}
	for path, part := range map[string]string{authorize: "popup", "/account": "account", "/recover": "account"} {
		page := v.get(t, path, "Accept-Language", "de").Body.String()
		_, after, _ := strings.Cut(page, textsBlock)
		block, _, _ := strings.Cut(after, "</script>")
		var texts map[string]any
		if err := json.Unmarshal([]byte(block), &texts); err != nil {
			t.Fatalf("%s: %v in %s", path, err, block)
		}
		if texts["wait"] != "Einen Moment …" || strings.Contains(page, "One moment") {
			t.Errorf("%s: the texts are %s", path, block)
		}
		if _, ok := texts["allowCookies"]; !ok || (texts["stopped"] != nil) != (part == "popup") {
			t.Errorf("%s: the texts are %s", path, block)
		}
	}
}

// A refusal that the catalogs know is in the language of the page. Any other is the server's own sentence, marked as English.
func TestRefusalsAreTranslated(t *testing.T) {
	v := visit{err: &auth.Error{Status: http.StatusGone, Code: "request_expired", Message: "In English."}}
	if page := v.get(t, authorize, "Accept-Language", "de").Body.String(); !strings.Contains(page, "<p>Diese Anmeldung ist abgelaufen") || strings.Contains(page, "In English.") {
		t.Errorf("page: %s", page)
	}
	v.err = &auth.Error{Status: http.StatusGone, Code: "of_tomorrow", Message: "In English."}
	if page := v.get(t, authorize, "Accept-Language", "de").Body.String(); !strings.Contains(page, `<p lang="en">In English.</p>`) {
		t.Errorf("page: %s", page)
	}
}

// The popup's headings have the tenant's name on a line of its own, so it is the first word of the sentence.
func TestHeadingsBeginWithTheTenant(t *testing.T) {
	locales, err := newLocales()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range locales.all {
		for _, key := range []string{"asks", "asksOwn", "asksFirst", "asksFirstOwn", "says", "saysElsewhere"} {
			if text, _ := l.document[key].(string); !strings.HasPrefix(text, "{tenant}") {
				t.Errorf("%s: %s is %q", l.Tag, key, l.document[key])
			}
		}
	}
}

// A sentence that sends a person back to the widget names its button as the widget does.
func TestTextsNameTheWidgetsButton(t *testing.T) {
	locales, err := newLocales()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range locales.all {
		button := widgetText(t, l.Tag, "signIn")
		var script map[string]any
		if err := json.Unmarshal(l.scripts["popup"], &script); err != nil {
			t.Fatal(err)
		}
		for _, text := range []any{script["aloneHow"], script["noOpenerHow"], l.document["nothingLost"]} {
			if text, _ := text.(string); !strings.Contains(text, button) {
				t.Errorf("%s: %q doesn't name the button %q", l.Tag, text, button)
			}
		}
	}
}

// Nothing that a page says is written in its template.
func TestTemplatesHaveNoTexts(t *testing.T) {
	files, err := templates.ReadDir("template")
	if err != nil {
		t.Fatal(err)
	}
	action, element := regexp.MustCompile(`\{\{.*?\}\}`), regexp.MustCompile(`<[^>]*>`)
	attribute := regexp.MustCompile(`\b(aria-label|title|alt|placeholder)="[^"{]*\pL`)
	for _, f := range files {
		source, err := templates.ReadFile("template/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		page := action.ReplaceAllString(string(source), "")
		if found := attribute.FindString(page); found != "" {
			t.Errorf("%s: %s", f.Name(), found)
		}
		for _, text := range strings.Fields(element.ReplaceAllString(page, " ")) {
			if text != "Aside" && text != "–" { // the product's name is the same everywhere
				t.Errorf("%s has %q: put it into src/locales", f.Name(), text)
			}
		}
	}
}

// widgetText returns a text of the widget's catalog.
func widgetText(t *testing.T, tag, key string) string {
	t.Helper()
	source, err := os.ReadFile("../widget/src/locales/" + tag + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]any
	if err := json.Unmarshal(source, &texts); err != nil {
		t.Fatal(err)
	}
	text, _ := texts[key].(string)
	return text
}
