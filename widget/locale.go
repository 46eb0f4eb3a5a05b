package widget

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"
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
