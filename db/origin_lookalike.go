package db

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// lookalike returns CodeInvalid for a host that a person could mistake for another one. It must not
// have characters that look like others, mix alphabets (UTS #39 §5.2, "highly restrictive"), or have
// only letters of another alphabet that look Latin (browsers check the same before they show an IDN's
// letters). The owner of such a host can list another name; an attacker must not persuade a tenant's
// admin to add it. ascii is the host as mapped by IDNA.
func lookalike(host, ascii string) error {
	shown, err := idna.Lookup.ToUnicode(ascii)
	if err != nil {
		return invalid("origin", "%q is not a host name.", host)
	}
	// IDNA maps fullwidth letters, invisible characters and other dots to ordinary ones.
	if typed := strings.ToLower(norm.NFC.String(host)); typed != shown && typed != ascii {
		return invalid("origin", "This host has misleading characters. If you mean %s, enter that instead.", shown)
	}
	abroad := shown[strings.LastIndexByte(shown, '.')+1:] != ascii[strings.LastIndexByte(ascii, '.')+1:] // its readers know the alphabet
	for label := range strings.SplitSeq(shown, ".") {
		if r := foreignLetter(label); r != 0 {
			return invalid("origin", "The part %q of the host mixes alphabets that look alike: its %q is %U. Use a host in one alphabet; %s is not.", label, r, r, ascii)
		}
		if !abroad && looksLatin(label) {
			return invalid("origin", "The part %q of the host looks like Latin letters but is in another alphabet, so browsers show %s. Use a host that is what it looks like.", label, ascii)
		}
	}
	return nil
}

// Scripts that are used together (UTS #39 §5.2).
var together = [][]*unicode.RangeTable{
	{unicode.Latin, unicode.Han, unicode.Hiragana, unicode.Katakana},
	{unicode.Latin, unicode.Han, unicode.Bopomofo},
	{unicode.Latin, unicode.Han, unicode.Hangul},
}

// foreignLetter returns the first letter of the label that is not in the script of the first letter.
// It returns 0 for a label in one script or in scripts that are used together.
func foreignLetter(label string) (foreign rune) {
	var first *unicode.RangeTable
	for _, r := range label {
		switch script := scriptOf(r); {
		case script == nil:
		case first == nil:
			first = script
		case script != first && foreign == 0:
			foreign = r
		}
	}
	for _, scripts := range together {
		if foreign != 0 && !strings.ContainsFunc(label, func(r rune) bool { return scriptOf(r) != nil && !unicode.In(r, scripts...) }) {
			return 0
		}
	}
	return foreign
}

// scriptOf returns the script of a letter or mark, or nil for characters that all scripts share.
func scriptOf(r rune) *unicode.RangeTable {
	if r < 0x80 && !unicode.IsLetter(r) || unicode.In(r, unicode.Common, unicode.Inherited) {
		return nil
	}
	if unicode.Is(unicode.Latin, r) {
		return unicode.Latin
	}
	for _, script := range unicode.Scripts {
		if unicode.Is(script, r) {
			return script
		}
	}
	return nil
}

// Letters of Cyrillic, Greek and Armenian that look Latin, as browsers list them.
const latinTwins = "асԁеԍһіјӏорԛѕԝхуьъҽпгѵ" + "αικνρυωηοτχ" + "օսորհցզո"

// looksLatin reports whether a label has letters of another alphabet that all look Latin.
func looksLatin(label string) bool {
	foreign := false
	for _, r := range label {
		switch {
		case scriptOf(r) == nil:
		case unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian) && strings.ContainsRune(latinTwins, r):
			foreign = true
		default:
			return false
		}
	}
	return foreign
}
