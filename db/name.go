package db

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkName trims a name and returns it, or CodeInvalid unless it is a single line of 1 to 80 characters.
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

// forbiddenInName reports whether a name must not contain a character: a control character, or one
// that changes the direction of the text around it (UAX #9, explicit formatting), so that a name looks
// like another one. Names in right-to-left scripts need none of those.
func forbiddenInName(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}
