package db

import (
	"slices"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// letters splits a text into letters for comparison. It treats as equal: canonical and compatibility
// forms of a character (NFKD), cases (full case folding: ß is ss, a final sigma is a sigma), and all
// kinds of quotes and of dashes. It ignores soft hyphens. A letter with a stroke is a letter with a mark.
//
// It stores one letter at a time, however long the text is or one character's decomposition becomes.
type letters struct {
	do func(base rune, marks []byte) bool // called with each letter until it returns false

	count     int // characters read, and what they decompose to
	going     bool
	begun     bool // base is set
	base      rune
	marks     []byte
	combining []part // characters that are not in canonical order yet
}

// A part is one of the characters that a character decomposes to.
type part struct {
	class uint8 // canonical combining class
	units []unit
}

// A unit is one of the characters that a part folds to.
type unit struct {
	rune
	mark bool
}

// maxMarks limits the marks of a letter, in bytes; maxCombining limits how many characters are put in
// order (UAX #15, stream-safe).
const (
	maxMarks     = 200
	maxCombining = 30
)

// read calls do with each letter of a text.
func (l *letters) read(text string) {
	l.going, l.begun, l.marks, l.combining = true, false, l.marks[:0], l.combining[:0]
	for i := 0; i < len(text) && l.going; l.count++ {
		if c := text[i]; c < utf8.RuneSelf {
			i++
			l.begin(rune(lower(c)))
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case isPlain(r):
			l.begin(r)
		case r >= hangul && r < hangul+hangulCount:
			r -= hangul
			l.begin(0x1100 + r/588)
			l.begin(0x1161 + r%588/28)
			if r %= 28; r > 0 {
				l.begin(0x11a7 + r)
			}
		default:
			if f := foldingOf(r); f.single != 0 {
				l.begin(f.single)
			} else {
				l.take(f.parts)
			}
		}
	}
	l.arrange()
	l.end()
}

// begin adds a character that does not combine with earlier ones and has no mark.
func (l *letters) begin(base rune) {
	l.arrange()
	l.end()
	l.base, l.begun = base, true
}

func (l *letters) take(parts []part) {
	l.count += len(parts)
	for _, p := range parts {
		if p.class == 0 || len(l.combining) == maxCombining {
			l.arrange()
		}
		if p.class == 0 {
			l.add(p.units)
		} else {
			l.combining = append(l.combining, p)
		}
	}
}

// arrange adds the combining characters in their canonical order.
func (l *letters) arrange() {
	if len(l.combining) == 0 {
		return
	}
	slices.SortStableFunc(l.combining, func(a, b part) int { return int(a.class) - int(b.class) })
	for _, p := range l.combining {
		l.add(p.units)
	}
	l.combining = l.combining[:0]
}

func (l *letters) add(units []unit) {
	for _, u := range units {
		switch {
		case !u.mark:
			l.end()
			l.base, l.begun = u.rune, true
		case l.begun && len(l.marks) <= maxMarks: // a mark needs a base; marks beyond the limit are dropped
			l.marks = utf8.AppendRune(l.marks, u.rune)
		}
	}
}

func (l *letters) end() {
	if l.begun && l.going {
		l.going = l.do(l.base, l.marks)
	}
	l.begun, l.marks = false, l.marks[:0]
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

const (
	hangul      = '가' // syllables, which decompose by arithmetic (Unicode §3.12)
	hangulCount = 11172
)

// isPlain reports whether a character folds only to itself: the ideographs of Chinese and Japanese,
// and unassigned characters.
func isPlain(r rune) bool {
	return r >= 0x3400 && r < 0xa000 || r >= 0x20000 && (r < 0x2f800 || r >= 0x2fb00) && (r < 0xe0000 || r >= 0xe1000)
}

// A folding is how a search compares a character.
type folding struct {
	single rune // one letter without marks; 0: see parts, which have no units for an ignored character
	parts  []part
}

// foldings caches the foldings of characters, in blocks of 256, for characters that are not plain: a
// few MiB at most.
var foldings [(unicode.MaxRune + 1) / 256]atomic.Pointer[[256]folding]

func foldingOf(r rune) *folding {
	block := foldings[r>>8].Load()
	if block == nil {
		block = &[256]folding{}
		fold := cases.Fold()
		for i := range block {
			block[i] = newFolding(fold, r&^0xff+rune(i))
		}
		foldings[r>>8].Store(block)
	}
	return &block[r&0xff]
}

// newFolding returns the folding of a character.
func newFolding(fold cases.Caser, r rune) folding {
	encoded := utf8.AppendRune(nil, r)
	if decomposed := norm.NFKD.Properties(encoded).Decomposition(); decomposed != nil {
		encoded = decomposed
	}
	var parts []part
	for len(encoded) > 0 {
		r, size := utf8.DecodeRune(encoded)
		p := part{class: norm.NFKD.Properties(encoded).CCC()}
		for _, r := range folded(fold, r) {
			p.units = append(p.units, unit{r, isMark(r)})
		}
		parts, encoded = append(parts, p), encoded[size:]
	}
	if len(parts) == 1 && parts[0].class == 0 && len(parts[0].units) == 1 && !parts[0].units[0].mark {
		return folding{single: parts[0].units[0].rune}
	}
	return folding{parts: parts}
}

// folded returns the characters that a decomposed character is compared as.
func folded(fold cases.Caser, r rune) (units []rune) {
	cased := !isMark(r) && unicode.In(r, casedScripts...)
	switch {
	case r < utf8.RuneSelf:
		return []rune{unicode.ToLower(r)}
	case isIgnored(r):
		return nil
	case !cased:
		return typedForm(r)
	}
	for _, r := range fold.String(string(r)) {
		units = append(units, typedForm(r)...)
	}
	return units
}

func typedForm(r rune) []rune {
	if same, ok := typedForms[r]; ok {
		return []rune(same)
	}
	return []rune{r}
}

// isMark reports whether a character is a mark that people omit when they search: an accent of Latin,
// Greek or Cyrillic, or a vowel point of Hebrew, Arabic or Syriac. Vowel signs of Indic scripts, tones
// of Thai and voicing of kana are not.
func isMark(r rune) bool {
	if r < 0x300 {
		return false
	}
	var encoded [utf8.UTFMax]byte
	class := norm.NFKD.Properties(encoded[:utf8.EncodeRune(encoded[:], r)]).CCC()
	return class >= 200 || (class >= 10 && class <= 36) || class == 1 // 1: overlays
}

// isIgnored reports whether a character only affects how others are displayed.
func isIgnored(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || r == '\u034f'
}

// casedScripts lists the scripts with upper and lower case.
var casedScripts = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian, unicode.Cherokee,
	unicode.Coptic, unicode.Glagolitic, unicode.Deseret, unicode.Osage, unicode.Old_Hungarian, unicode.Warang_Citi, unicode.Adlam,
	unicode.Medefaidrin, unicode.Vithkuqi}

const stroke = "\u0338"

// typedForms maps characters without a decomposition to what people type for them.
var typedForms = map[rune]string{
	'‘': "'", '’': "'", '‚': "'", '‛': "'", '′': "'", 'ʼ': "'", '‹': "'", '›': "'",
	'“': `"`, '”': `"`, '„': `"`, '‟': `"`, '″': `"`, '«': `"`, '»': `"`,
	'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '−': "-",
	'ø': "o" + stroke, 'ł': "l" + stroke, 'đ': "d" + stroke, 'ħ': "h" + stroke, 'ŧ': "t" + stroke, 'ı': "i" + stroke,
	'æ': "ae", 'œ': "oe",
}
