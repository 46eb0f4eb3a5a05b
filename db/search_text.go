package db

import (
	"slices"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxSearch is how many characters a search text may have.
const MaxSearch = 200

// maxSearchLetters is how many letters they may become.
const maxSearchLetters = 256

// A search finds the texts that contain a search text; letters says which characters are equal. A
// letter without marks matches that letter with any marks, and a letter with marks only itself: e
// finds é, é does not find e (UTS #10 §8.2).
//
// It reads a text once, letter by letter, and stores nothing of it, however long its folded form is.
// After each letter, bit i of state says whether the first i+1 letters of the search text end there.
type search struct {
	letters
	size int // letters in the search text
	work int // done so far: see searchWork

	state    []uint64
	ascii    [utf8.RuneSelf][]uint64 // the bits of the ASCII letters without marks
	plain    map[rune][]uint64       // of other letters without marks
	marked   map[string][]uint64     // the bits of the letters with marks, by the letter and its marks
	none     []uint64
	isASCII  bool // the search text is ASCII only
	key      []byte
	hasPlain uint64 // bit i: plain has a letter with i as its low six bits
}

// newSearch returns the search for a text, or nil if there is nothing to search for. Only one
// goroutine may use it. It returns CodeInvalid, field "search", for a text that is too long.
func newSearch(text string) (*search, error) {
	if text = strings.TrimSpace(text); text == "" {
		return nil, nil
	}
	s := &search{plain: map[rune][]uint64{}, marked: map[string][]uint64{}, isASCII: true}
	s.do = func(rune, []byte) bool { s.size++; return s.size <= maxSearchLetters }
	tooLong := utf8.RuneCountInString(text) > MaxSearch
	if !tooLong {
		s.read(text)
	}
	if tooLong || s.size > maxSearchLetters {
		return nil, invalid("search", "A search has at most %d characters.", MaxSearch)
	}
	if s.size == 0 {
		return nil, nil
	}
	s.state, s.none = s.newBits(), s.newBits()
	for i := range s.ascii {
		s.ascii[i] = s.none
	}
	i := 0
	s.do = func(base rune, marks []byte) bool {
		s.bitsOf(base, marks)[i/64] |= 1 << (i % 64)
		i++
		return true
	}
	s.read(text)
	s.do = s.step
	return s, nil
}

func (s *search) newBits() []uint64 { return make([]uint64, (s.size+63)/64) }

// bitsOf returns the bits of a letter of the search text. It allocates them if necessary.
func (s *search) bitsOf(base rune, marks []byte) []uint64 {
	if len(marks) > 0 {
		s.isASCII = false
		key := string(base) + string(marks)
		if s.marked[key] == nil {
			s.marked[key] = s.newBits()
		}
		return s.marked[key]
	}
	if base < utf8.RuneSelf {
		if &s.ascii[base][0] == &s.none[0] {
			s.ascii[base] = s.newBits()
		}
		return s.ascii[base]
	}
	s.isASCII = false
	if s.plain[base] == nil {
		s.plain[base] = s.newBits()
		s.hasPlain |= 1 << (base & 63)
	}
	return s.plain[base]
}

// finds reports whether a text contains the search text.
func (s *search) finds(text string) bool {
	s.work += len(text)
	clear(s.state)
	if isASCII(text) {
		return s.isASCII && s.findsASCII(text)
	}
	before := s.count
	s.read(text)
	s.work += letterWork * (s.count - before)
	return !s.going
}

func (s *search) findsASCII(text string) bool {
	s.work += len(text) * (len(s.state) - 1)
	if len(s.state) > 1 {
		for i := range len(text) {
			if !s.advance(s.ascii[lower(text[i])&0x7f], s.none) {
				return true
			}
		}
		return false
	}
	var bits [utf8.RuneSelf]uint64
	for c := range bits {
		bits[c] = s.ascii[lower(byte(c))][0]
	}
	state, last := uint64(0), uint64(1)<<(s.size-1)
	for i := range len(text) {
		if state = (state<<1 | 1) & bits[text[i]&0x7f]; state&last != 0 {
			return true
		}
	}
	return false
}

// step processes a letter, and returns false if the search text ends with it.
func (s *search) step(base rune, marks []byte) bool {
	s.work += 4 * (len(s.state) - 1)
	plain, marked := s.none, s.none
	if base < utf8.RuneSelf {
		plain = s.ascii[base]
	} else if s.hasPlain>>(base&63)&1 == 1 {
		if bits := s.plain[base]; bits != nil {
			plain = bits
		}
	}
	if len(marks) > 0 && len(s.marked) > 0 {
		s.key = append(utf8.AppendRune(s.key[:0], base), marks...)
		if bits := s.marked[string(s.key)]; bits != nil {
			marked = bits
		}
	}
	return s.advance(plain, marked)
}

// advance shifts in the letter with these bits.
func (s *search) advance(plain, marked []uint64) bool {
	carry := uint64(1)
	for i, word := range s.state {
		s.state[i] = (word<<1 | carry) & (plain[i] | marked[i])
		carry = word >> 63
	}
	last := s.size - 1
	return s.state[last/64]>>(last%64)&1 == 0
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

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
