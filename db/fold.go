package db

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// fold returns the form of a name by which it is kept: in lower case and composed. What was kept is found by it, so it stays as it
// is; searches compare by letters.
func fold(s string) string {
	s = strings.ToLower(s)
	if norm.NFC.IsNormalString(s) {
		return s
	}
	return norm.NFC.String(s)
}
