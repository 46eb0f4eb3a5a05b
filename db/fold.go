package db

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// fold gives the form of s in which texts are compared: lower case, and composed, so that what
// looks the same is found. Rune by rune: full case folding grows some texts many times over.
func fold(s string) string {
	s = strings.ToLower(s)
	if norm.NFC.IsNormalString(s) {
		return s
	}
	return norm.NFC.String(s)
}
