package db

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// letters reads texts for comparison. The same to it are: canonical and compatibility forms of a character (NFKD), cases (full
// case folding: ß is ss, a final sigma is a sigma), quotes and dashes of all kinds, a hyphenation mark and nothing. A letter
// with a stroke is one with a mark.
type letters struct{ fold cases.Caser }

func newLetters() letters { return letters{cases.Fold()} }

// read calls do with each letter: its base, and the whole, which is the base and its marks, until do returns false.
func (l letters) read(text string, do func(base rune, whole []byte) bool) {
	var pieces norm.Iter
	var base rune
	whole := make([]byte, 0, 64)
	going := true
	add := func(r rune) {
		if !isMark(r) {
			if len(whole) > 0 {
				going = going && do(base, whole)
			}
			base, whole = r, whole[:0]
		} else if len(whole) == 0 || len(whole) > 200 {
			return // on nothing, or on a heap of others
		}
		whole = utf8.AppendRune(whole, r)
	}
	var buffer [64]byte
	for pieces.InitString(norm.NFKD, text); going && !pieces.Done(); {
		for piece := pieces.Next(); len(piece) > 0; {
			r, size := utf8.DecodeRune(piece)
			switch {
			case r < utf8.RuneSelf:
				if 'A' <= r && r <= 'Z' {
					r += 'a' - 'A'
				}
				add(r)
			case isIgnored(r):
			case isMark(r) || !unicode.In(r, cased...):
				addAlike(r, add)
			default:
				n, _, _ := l.fold.Transform(buffer[:], piece[:size], true)
				for _, folded := range string(buffer[:n]) {
					addAlike(folded, add)
				}
			}
			piece = piece[size:]
		}
	}
	if len(whole) > 0 && going {
		do(base, whole)
	}
}

func addAlike(r rune, add func(rune)) {
	same, ok := alike[r]
	if !ok {
		add(r)
		return
	}
	for _, r := range same {
		add(r)
	}
}

// isMarked reports whether a letter has marks.
func isMarked(base rune, whole []byte) bool { return len(whole) > utf8.RuneLen(base) }

// isMark reports whether a character is a mark that people leave out when they search: an accent of Latin, Greek or Cyrillic, a
// vowel point of Hebrew, Arabic or Syriac. Vowel signs of Indic scripts, tones of Thai and voicing of kana are no such.
func isMark(r rune) bool {
	if r < 0x300 {
		return false
	}
	var encoded [utf8.UTFMax]byte
	class := norm.NFKD.Properties(encoded[:utf8.EncodeRune(encoded[:], r)]).CCC()
	return class >= 200 || (class >= 10 && class <= 36) || class == 1 // 1: overlays
}

// isIgnored reports whether a character only says how others are set.
func isIgnored(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || r == '\u034f'
}

// cased are the scripts with cases.
var cased = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian, unicode.Cherokee,
	unicode.Coptic, unicode.Glagolitic, unicode.Deseret, unicode.Osage, unicode.Old_Hungarian, unicode.Warang_Citi, unicode.Adlam,
	unicode.Medefaidrin, unicode.Vithkuqi}

const stroke = "\u0338"

// alike has what people type for a character that has no decomposition.
var alike = map[rune]string{
	'‘': "'", '’': "'", '‚': "'", '‛': "'", '′': "'", 'ʼ': "'", '‹': "'", '›': "'",
	'“': `"`, '”': `"`, '„': `"`, '‟': `"`, '″': `"`, '«': `"`, '»': `"`,
	'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '−': "-",
	'ø': "o" + stroke, 'ł': "l" + stroke, 'đ': "d" + stroke, 'ħ': "h" + stroke, 'ŧ': "t" + stroke, 'ı': "i" + stroke,
	'æ': "ae", 'œ': "oe",
}
