package widget

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

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
