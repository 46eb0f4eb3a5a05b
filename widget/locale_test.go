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

func catalog(t *testing.T, file string) map[string]any {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("src/locales", file))
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]any
	if err := json.Unmarshal(source, &texts); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return texts
}

// Every language has the texts that English has, with the same placeholders, and no others.
func TestCatalogsAreComplete(t *testing.T) {
	blank := regexp.MustCompile(`\{\w+\}`)
	blanks := func(text string) []string {
		return slices.Compact(slices.Sorted(slices.Values(blank.FindAllString(text, -1))))
	}
	for _, kind := range []string{".json", ".extras.json", ".page.json"} {
		english := catalog(t, "en"+kind)
		for _, tag := range allLocales {
			texts := catalog(t, tag+kind)
			for key := range texts {
				if _, ok := english[key]; !ok {
					t.Errorf("%s%s: %s is not in English", tag, kind, key)
				}
			}
			for key, want := range english {
				switch want := want.(type) {
				case string:
					text, ok := texts[key].(string)
					if !ok || strings.TrimSpace(text) == "" {
						t.Errorf("%s%s: no text for %s", tag, kind, key)
					} else if !slices.Equal(blanks(text), blanks(want)) {
						t.Errorf("%s%s: %s has the blanks %v, in English %v", tag, kind, key, blanks(text), blanks(want))
					}
				default:
					forms, _ := texts[key].(map[string]any)
					if got := slices.Sorted(maps.Keys(forms)); !slices.Equal(got, pluralForms(tag)) {
						t.Errorf("%s%s: %s has the plural forms %v, the language has %v", tag, kind, key, got, pluralForms(tag))
					}
				}
			}
		}
	}
	files, err := filepath.Glob("src/locales/*.json")
	if err != nil || len(files) != 3*len(allLocales) {
		t.Errorf("%d catalogs for %d languages: %v", len(files), len(allLocales), err)
	}
}

// A document has every text of its catalog, and none twice.
func TestDocumentsHaveTheWholeCatalog(t *testing.T) {
	h := start(t)
	for _, tag := range allLocales {
		said := map[string]bool{}
		for _, text := range config(t, body(t, get(t, h, "/embed/t_shop?locale="+tag))).Messages {
			said[fmt.Sprint(text)] = true
		}
		for key, text := range catalog(t, tag+".json") {
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
