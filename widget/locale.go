package widget

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// A locale is a language of the frame: src/locales/<tag>.json is in the document, <tag>.extras.json in the extras, and <tag>.page.json
// has the texts of a document without the app.
//
//go:embed src/locales/*.json
var catalogs embed.FS

type locale struct {
	Language
	Page     pageTexts
	title    string
	messages json.RawMessage
}

// pageTexts are for browsers without JavaScript, for unknown tenants, and for the time while tenants cannot be looked up.
type pageTexts struct{ Noscript, Nothing, Why, Away, Again string }

// locales are all languages with their texts.
type locales struct {
	languages *Languages
	all       []*locale
}

func newLocales() (*locales, error) {
	languages, err := NewLanguages()
	if err != nil {
		return nil, err
	}
	all := &locales{languages: languages}
	for _, known := range languages.All {
		l, err := newLocale(known)
		if err != nil {
			return nil, fmt.Errorf("locale %s: %w", known.Tag, err)
		}
		all.all = append(all.all, l)
	}
	return all, nil
}

func newLocale(of Language) (*locale, error) {
	l := &locale{Language: of}
	source, err := catalogs.ReadFile(path.Join("src/locales", of.Tag+".json"))
	if err != nil {
		return nil, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, source); err != nil {
		return nil, err
	}
	l.messages = compact.Bytes()
	var own struct{ Title string }
	if err := json.Unmarshal(source, &own); err != nil {
		return nil, err
	}
	l.title = own.Title
	if source, err = catalogs.ReadFile(path.Join("src/locales", of.Tag+".page.json")); err != nil {
		return nil, err
	}
	return l, json.Unmarshal(source, &l.Page)
}

// choose returns the language of a document: the one that the page around it asks for, otherwise by Accept-Language (RFC 9110 §12.5.4).
func (l *locales) choose(asked, acceptLanguage string) *locale {
	return l.all[l.languages.Choose(asked, acceptLanguage)]
}

// titleAt returns the title of a tenant's document.
func (l *locale) titleAt(tenant string) string {
	return strings.ReplaceAll(l.title, "{tenant}", tenant)
}

// A Language is one that the widget and the pages of the account origin speak.
type Language struct {
	Tag       string // BCP 47, as in the names of the catalogs
	Direction string // of its script: "ltr" or "rtl"
}

// Languages are all languages, and choose the best one for a person.
type Languages struct {
	All     []Language // English, which is the default, is the first
	matcher language.Matcher
}

// NewLanguages returns the languages that have a catalog in src/locales.
func NewLanguages() (*Languages, error) {
	files, err := catalogs.ReadDir("src/locales")
	if err != nil {
		return nil, err
	}
	tags := []string{"en"}
	for _, f := range files {
		if tag := strings.TrimSuffix(f.Name(), ".json"); !strings.Contains(tag, ".") && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	l := &Languages{}
	var known []language.Tag
	for _, name := range tags {
		tag, direction := language.Make(name), "ltr"
		if script, _ := tag.Script(); script.String() == "Arab" {
			direction = "rtl"
		}
		l.All = append(l.All, Language{Tag: name, Direction: direction})
		known = append(known, tag)
	}
	l.matcher = language.NewMatcher(known)
	return l, nil
}

// Choose returns the index in All of the language that fits best. Each preference is a language tag or a list of them as in
// Accept-Language (RFC 9110 §12.5.4); an earlier one comes first, and one that cannot be read or that no language fits is skipped.
func (l *Languages) Choose(preferences ...string) int {
	_, i := language.MatchStrings(l.matcher, preferences...)
	return i
}
