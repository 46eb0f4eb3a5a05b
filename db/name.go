package db

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkName gives a name for people to read as it is kept: one line of 1 to 80 characters.
func checkName(field, name string) (string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); !validText(name) || n < 1 || n > 80 {
		return "", invalid(field, "A name must be a single line of 1 to 80 characters.")
	}
	if strings.ContainsFunc(name, forbiddenInName) {
		return "", invalid(field, errForbiddenInName)
	}
	return name, nil
}

const errForbiddenInName = "A name must be a single line without control or text-direction characters."

// forbiddenInName reports whether a character has no place in a name: it is a control, or one that has the
// text around it read in another direction (UAX #9, explicit formatting), so that a name looks like
// another one. Names in scripts that run from right to left need none of those.
func forbiddenInName(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}
