package widget_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

var allLocales = []string{"ar", "de", "en", "es", "fr", "ja", "pt-BR"}

func readCatalog(t *testing.T, file string) map[string]any {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]any
	if err := json.Unmarshal(source, &texts); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return texts
}

// The catalogs of the widget, and of the pages on the account origin.
var catalogDirs = []string{"src/locales", "../web/src/locales"}

// eachCatalog calls check for each catalog in each language, English included, with that in English.
func eachCatalog(t *testing.T, check func(t *testing.T, tag string, texts, english map[string]any)) {
	t.Helper()
	for _, dir := range catalogDirs {
		kinds, err := filepath.Glob(filepath.Join(dir, "en*.json"))
		if err != nil || len(kinds) < 3 {
			t.Fatalf("%s has %d catalogs in English: %v", dir, len(kinds), err)
		}
		files, err := filepath.Glob(filepath.Join(dir, "*.json"))
		if err != nil || len(files) != len(kinds)*len(allLocales) {
			t.Errorf("%s: %d catalogs of %d kinds for %d languages: %v", dir, len(files), len(kinds), len(allLocales), err)
		}
		for _, file := range kinds {
			kind := strings.TrimPrefix(filepath.Base(file), "en")
			for _, tag := range allLocales {
				t.Run(dir+"/"+tag+kind, func(t *testing.T) { check(t, tag, readCatalog(t, filepath.Join(dir, tag+kind)), readCatalog(t, file)) })
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

// Every language has the texts that English has, with the same placeholders, and no others.
func TestCatalogsAreComplete(t *testing.T) {
	placeholders := func(text string) []string {
		return slices.Compact(slices.Sorted(slices.Values(placeholder.FindAllString(text, -1))))
	}
	eachCatalog(t, func(t *testing.T, tag string, texts, english map[string]any) {
		for key := range texts {
			if _, ok := english[key]; !ok {
				t.Errorf("%s is not in English", key)
			}
		}
		for key, want := range english {
			switch want := want.(type) {
			case string:
				text, ok := texts[key].(string)
				if !ok || strings.TrimSpace(text) == "" {
					t.Errorf("no text for %s", key)
				} else if !slices.Equal(placeholders(text), placeholders(want)) {
					t.Errorf("%s has the placeholders %v, in English %v", key, placeholders(text), placeholders(want))
				}
			case map[string]any:
				forms, _ := texts[key].(map[string]any)
				if got := slices.Sorted(maps.Keys(forms)); !slices.Equal(got, pluralForms(tag)) {
					t.Errorf("%s has the plural forms %v, the language has %v", key, got, pluralForms(tag))
				}
				for form, text := range forms { // a form may name its number in a word
					for _, name := range placeholders(fmt.Sprint(text)) {
						if !strings.Contains(fmt.Sprint(want["other"]), name) {
							t.Errorf("%s: the form %s has %s, which English has not", key, form, name)
						}
					}
				}
			}
		}
	})
}

// Words that are the same in English and in another language.
var sameInEnglish = map[string][]string{
	"de":    {"Name", "Passkeys"},
	"fr":    {"Note", "Notes", "Console", "Sessions", "Site", "Sites", "archive"},
	"es":    {"Console"},
	"pt-BR": {"Console", "Site", "Sites", "Link"},
}

// Names, and words that no language translates.
var untranslated = regexp.MustCompile(`Aside|JavaScript|Chrome|Edge|Firefox|Safari|Cookie|Markdown|JSON|\bzip\b|\bZIP\b|\bID\b|KiB|MiB|Google Keep|Simplenote`)

// Words that the other languages don't have.
var englishWords = regexp.MustCompile(`(?i)\b(the|your|you|this|and|with|can’t|doesn’t|please|were|from|it)\b`)

// No text was left in English.
func TestCatalogsAreTranslated(t *testing.T) {
	latin := regexp.MustCompile(`[A-Za-z]{2,}`)
	eachCatalog(t, func(t *testing.T, tag string, texts, english map[string]any) {
		if tag == "en" {
			return
		}
		for key, of := range texts {
			forms, ok := of.(map[string]any)
			if !ok {
				forms = map[string]any{"other": of}
			}
			for _, form := range forms {
				text, _ := form.(string)
				plain := untranslated.ReplaceAllString(placeholder.ReplaceAllString(text, ""), "")
				if text == english[key] && latin.MatchString(plain) && !slices.Contains(sameInEnglish[tag], text) {
					t.Errorf("%s is as in English: %q", key, text)
				}
				if found := englishWords.FindString(plain); found != "" {
					t.Errorf("%s has the English word %q: %q", key, found, text)
				}
				if found := latin.FindString(plain); found != "" && (tag == "ar" || tag == "ja") {
					t.Errorf("%s has %q: %q", key, found, text)
				}
			}
		}
	})
}

// A document has every text of its catalog, and none twice.
func TestDocumentsHaveTheWholeCatalog(t *testing.T) {
	h := start(t)
	for _, tag := range allLocales {
		said := map[string]bool{}
		for _, text := range config(t, body(t, get(t, h, "/embed/t_shop?locale="+tag))).Messages {
			said[fmt.Sprint(text)] = true
		}
		for key, text := range readCatalog(t, filepath.Join("src/locales", tag+".json")) {
			if !said[fmt.Sprint(text)] {
				t.Errorf("%s: %s is missing", tag, key)
			}
		}
	}
}

// pluralForms are the Unicode categories of a language's cardinal numbers, as Intl.PluralRules names them. The category for millions
// in some Romance languages is not in every table yet.
func pluralForms(tag string) []string {
	names := map[plural.Form]string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}
	forms := map[string]bool{}
	for n := range 1000 {
		forms[names[plural.Cardinal.MatchPlural(language.Make(tag), n, 0, 0, 0, 0)]] = true
	}
	if slices.Contains([]string{"es", "fr", "pt-BR"}, tag) {
		forms["many"] = true
	}
	return slices.Sorted(maps.Keys(forms))
}

func TestFrameLanguage(t *testing.T) {
	h := start(t)
	for _, c := range []struct{ asked, accepted, tag, direction string }{
		{"", "", "en", "ltr"},
		{"", "de-CH, en;q=0.5", "de", "ltr"},
		{"", "pt", "pt-BR", "ltr"},
		{"", "zh, ar-EG;q=0.3", "ar", "rtl"},
		{"", "sw", "en", "ltr"},
		{"fr", "de", "fr", "ltr"},
		{"zh", "de", "de", "ltr"},
		{`"><script>`, "ja", "ja", "ltr"},
	} {
		r := get(t, h, "/embed/t_shop?locale="+strings.ReplaceAll(c.asked, `"`, "%22"), "Accept-Language", c.accepted)
		wantHeader(t, r, "Content-Language", c.tag)
		page := body(t, r)
		if !strings.Contains(page, `<html lang="`+c.tag+`" dir="`+c.direction+`">`) {
			t.Errorf("asked for %q, accepting %q: %.60s", c.asked, c.accepted, page)
		}
		if extras := config(t, page).Extras; !strings.HasPrefix(extras, "/assets/extras."+c.tag+".") {
			t.Errorf("%s: the extras are %s", c.tag, extras)
		} else if r := get(t, h, extras); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", extras, r.Status)
		}
	}
}
