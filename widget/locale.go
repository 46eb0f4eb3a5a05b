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
	Tag, Direction string
	Page           pageTexts
	title          string
	messages       json.RawMessage
}

// pageTexts are for browsers without JavaScript, for unknown tenants, and for the time while tenants cannot be looked up.
type pageTexts struct{ Noscript, Nothing, Why, Away, Again string }

// locales are all languages, and a matcher to choose one. The first is the default.
type locales struct {
	all     []*locale
	matcher language.Matcher
}

func newLocales() (*locales, error) {
	files, err := catalogs.ReadDir("src/locales")
	if err != nil {
		return nil, err
	}
	var tags []string
	for _, f := range files {
		if tag := strings.TrimSuffix(f.Name(), ".json"); !strings.Contains(tag, ".") && tag != "en" {
			tags = append(tags, tag)
		}
	}
	all := &locales{}
	var known []language.Tag
	for _, tag := range slices.Insert(tags, 0, "en") {
		l, err := newLocale(tag)
		if err != nil {
			return nil, fmt.Errorf("locale %s: %w", tag, err)
		}
		all.all = append(all.all, l)
		known = append(known, language.Make(tag))
	}
	all.matcher = language.NewMatcher(known)
	return all, nil
}

func newLocale(tag string) (*locale, error) {
	l := &locale{Tag: tag, Direction: "ltr"}
	if script, _ := language.Make(tag).Script(); script.String() == "Arab" {
		l.Direction = "rtl"
	}
	source, err := catalogs.ReadFile(path.Join("src/locales", tag+".json"))
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
	if source, err = catalogs.ReadFile(path.Join("src/locales", tag+".page.json")); err != nil {
		return nil, err
	}
	return l, json.Unmarshal(source, &l.Page)
}

// choose returns the language of a document: the one that the page around it asks for, otherwise by Accept-Language (RFC 9110 §12.5.4).
func (l *locales) choose(asked, acceptLanguage string) *locale {
	_, i := language.MatchStrings(l.matcher, asked, acceptLanguage)
	return l.all[i]
}

// titleAt returns the title of a tenant's document.
func (l *locale) titleAt(tenant string) string {
	return strings.ReplaceAll(l.title, "{tenant}", tenant)
}
