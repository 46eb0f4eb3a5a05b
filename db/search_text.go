package db

import (
	"strings"
	"unicode/utf8"
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
