package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"regexp"

	"github.com/company-a/aside/widget"
)

// A catalog has the texts of one part of the pages in one language:
//
//	<tag>.json           of all scripts: passkeys and errors
//	<tag>.page.json      of the documents, which the server writes
//	<tag>.popup.json     of the popup's script
//	<tag>.hosted.json    of the scripts of /account, /recover and /console, and what the popup's document says, too
//	<tag>.account.json   of the scripts of /account and /recover
//
//go:embed src/locales/*.json
var catalogs embed.FS

// scriptCatalogs are the catalogs that the script of each page needs.
var scriptCatalogs = map[string][]string{
	"popup":    {"", ".popup"},
	"account":  {"", ".hosted", ".account"},
	"recover":  {"", ".hosted", ".account"},
	"console":  {"", ".hosted"},
	"explorer": {"", ".hosted"},
}

// A locale is a language with its texts.
type locale struct {
	widget.Language
	document map[string]any             // what the server may write: texts and, unused there, plurals
	scripts  map[string]json.RawMessage // by page: the data block that src/text/catalog.ts reads
}

// locales are all languages with their texts.
type locales struct {
	languages *widget.Languages
	all       []*locale
}

func newLocales() (*locales, error) {
	languages, err := widget.NewLanguages()
	if err != nil {
		return nil, err
	}
	l := &locales{languages: languages}
	for _, language := range languages.All {
		one, err := newLocale(language)
		if err != nil {
			return nil, fmt.Errorf("locale %s: %w", language.Tag, err)
		}
		l.all = append(l.all, one)
	}
	return l, nil
}

func newLocale(language widget.Language) (*locale, error) {
	l := &locale{Language: language, document: map[string]any{}, scripts: map[string]json.RawMessage{}}
	for _, part := range []string{"", ".hosted", ".page"} {
		if err := readCatalog(language.Tag+part, &l.document); err != nil {
			return nil, err
		}
	}
	for page, parts := range scriptCatalogs {
		texts := map[string]any{}
		for _, part := range parts {
			if err := readCatalog(language.Tag+part, &texts); err != nil {
				return nil, err
			}
		}
		block, err := json.Marshal(texts)
		if err != nil {
			return nil, err
		}
		l.scripts[page] = block
	}
	return l, nil
}

// readCatalog adds the texts of a catalog to a map.
func readCatalog(name string, texts any) error {
	source, err := catalogs.ReadFile("src/locales/" + name + ".json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(source, texts); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// choose returns the language of a page: the one that the widget asks for, otherwise by Accept-Language. It says on w that
// the response depends on that.
func (l *locales) choose(w http.ResponseWriter, r *http.Request, asked ...string) *locale {
	one := l.all[l.languages.Choose(append(asked, r.Header.Get("Accept-Language"))...)]
	w.Header().Add("Vary", "Accept-Language")
	w.Header().Set("Content-Language", one.Tag)
	return one
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

// html returns a text of a document with markup for its placeholders.
func (l *locale) html(key string, values map[string]template.HTML) (_ template.HTML, err error) {
	text, ok := l.document[key].(string)
	if !ok {
		return "", fmt.Errorf("locale %s has no text %s", l.Tag, key)
	}
	//nolint:gosec // the text is escaped, and the values are markup
	return template.HTML(placeholder.ReplaceAllStringFunc(template.HTMLEscapeString(text), func(name string) string {
		value, ok := values[name]
		if !ok {
			err = fmt.Errorf("locale %s: there is no value for %s in %s", l.Tag, name, key)
		}
		return string(value)
	})), err
}

// knows reports whether the language has a text for documents.
func (l *locale) knows(key string) bool { return l.document[key] != nil }

// markup returns an element with escaped text.
func markup(open, text, end string) template.HTML {
	return template.HTML(open + template.HTMLEscapeString(text) + end) //nolint:gosec // the text is escaped
}
