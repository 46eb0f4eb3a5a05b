package web

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	for asked, want := range map[string]string{"?ui_locales=ja": "ja", "?ui_locales=xx": "de", "?ui_locales=": "de"} { // a link in the widget
		checkLanguage(t, &visit{}, "/account"+asked, "de", want, "ltr")
	}
	refused := visit{err: &auth.Error{Status: http.StatusGone, Code: "request_expired", Message: "In English."}}
	checkLanguage(t, &refused, authorize, "ja", "ja", "ltr")
	refused.interaction.UILocales = "ar" // of the widget that pushed the request
	checkLanguage(t, &refused, authorize, "ja", "ar", "rtl")
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

// Nothing that a page says is written in its template, except in the documentation, which is in English.
func TestTemplatesHaveNoTexts(t *testing.T) {
	files, err := templates.ReadDir("template")
	if err != nil {
		t.Fatal(err)
	}
	action, element := regexp.MustCompile(`\{\{.*?\}\}`), regexp.MustCompile(`<[^>]*>`)
	attribute := regexp.MustCompile(`\b(aria-label|title|alt|placeholder)="[^"{]*\pL`)
	for _, f := range files {
		if f.Name() == "docs.html" {
			continue
		}
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

// What a script of /account, /recover or the popup says is in a catalog too. The console is English.
func TestScriptsHaveNoTexts(t *testing.T) {
	comment := regexp.MustCompile(`(?s)/\*.*?\*/|(?m)(?:^|\s)//.*$`)
	quoted := regexp.MustCompile("\"[^\"\\n]*\"|`[^`]*`")
	between := regexp.MustCompile(`[^=]>[^<>{}()=;&|?]*\pL{2}[^<>{}()=;&|?]*<`)
	sentence := regexp.MustCompile(`^.\p{Lu}\p{Ll}+ \p{Ll}|\pL{2,}[.…?!]+.$|’`)
	attribute := regexp.MustCompile(`\b(aria-label|label|heading|about|hint|of|placeholder|title|text|name|intro)="[^"]*\pL`)
	checked := 0
	err := fs.WalkDir(os.DirFS("src"), ".", func(path string, f fs.DirEntry, err error) error {
		if err != nil || f.IsDir() || !strings.Contains(path, ".ts") || regexp.MustCompile(`^console|^testing|\.test\.ts$|\.d\.ts$|documents\.ts$`).MatchString(path) {
			return err
		}
		checked++
		content, err := os.ReadFile("src/" + path)
		source := comment.ReplaceAllString(string(content), "")
		for _, text := range quoted.FindAllString(source, -1) {
			if sentence.MatchString(text) {
				t.Errorf("%s has %s: put it into src/locales", path, text)
			}
		}
		for _, text := range append(between.FindAllString(source, -1), attribute.FindAllString(source, -1)...) {
			if strings.HasSuffix(path, ".tsx") {
				t.Errorf("%s has %s: put it into src/locales", path, text)
			}
		}
		return err
	})
	if err != nil || checked < 50 {
		t.Errorf("%d scripts were checked: %v", checked, err)
	}
}

// Every refusal that a script of /account or /recover may see has a text for its code. What only programs are told has none.
func TestRefusalsHaveTexts(t *testing.T) {
	programs := []string{"assertion_rejected", "invalid_dpop_proof", "invalid_grant", "invalid_identity_handle", "invalid_request", "invalid_scope", "refused",
		"unauthorized_client", "unsupported_grant_type", "unsupported_response_type", "invalid_token", "assertion_required", "upgraded", "use_dpop_nonce",
		"not_a_visit",                                           // the document says this one
		"export_in_browser", "prf_results", "recovery_code_old"} // the scripts avoid or handle these
	code := regexp.MustCompile(`(?:\brefuse(?:Uncounted)?\(http\.Status\w+, |Status: .*Code: |Code(?:Conflict|Forbidden), Reason: )"(\w+)"`)
	reason := regexp.MustCompile(`CodeInvalid, Field: "\w+", Reason: (?:"(\w+)"|outdatedPage)`) // of a field that the person need not correct
	locales, err := newLocales()
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]any
	if err := json.Unmarshal(locales.all[0].scripts["account"], &texts); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, dir := range []string{"../auth", "../db"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range code.FindAllStringSubmatch(string(source), -1) {
				found++
				if texts[match[1]] == nil && !slices.Contains(programs, match[1]) && !strings.HasSuffix(file, "_test.go") {
					t.Errorf("%s refuses with %s, which has no text", file, match[1])
				}
			}
			for _, match := range reason.FindAllStringSubmatch(string(source), -1) {
				found++
				if key := "bad_user_input_" + cmp.Or(match[1], "outdated_page"); texts[key] == nil {
					t.Errorf("%s refuses an input without the text %s", file, key)
				}
			}
		}
	}
	if found < 33 {
		t.Errorf("only %d refusals were found", found)
	}
	// A refusal without a reason has the text of its code, or of its field.
	source, err := os.ReadFile("../graph/errors.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`Code = "(\w+)"`).FindAllStringSubmatch(string(source), -1)
	for _, match := range codes {
		if key := strings.ToLower(match[1]); texts[key] == nil && key != "too_complex" {
			t.Errorf("GraphQL refuses with %s, which has no text", match[1])
		}
	}
	if len(codes) < 8 {
		t.Errorf("only %d codes of GraphQL were found", len(codes))
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
