package db

import "strings"

// A search finds the texts that a person would say have it: see letters for what is the same to it. A letter without marks
// finds one with any, and one with marks only itself: e finds é, é does not find e (UTS #10 §8.2).
//
// It goes through a text once, letter by letter, and keeps nothing of it, however much it grows when it is folded: after each letter,
// bit i of state says whether the first i+1 letters of what is searched for end there.
type search struct {
	letters
	size   int                 // of what is searched for, in letters
	ascii  string              // it, if it is that
	plain  map[rune][]uint64   // the bits of the letters without marks
	marked map[string][]uint64 // the bits of those with
}

// newSearch returns the search for a text, nil where there is nothing to search for. It is for one goroutine.
func newSearch(text string) *search {
	s := &search{letters: newLetters(), plain: map[rune][]uint64{}, marked: map[string][]uint64{}}
	text = strings.TrimSpace(text)
	if s.read(text, func(rune, []byte) bool { s.size++; return true }); s.size == 0 {
		return nil
	}
	i, ascii := 0, []rune(nil)
	s.read(text, func(base rune, whole []byte) bool {
		bits := s.plain[base]
		if isMarked(base, whole) {
			bits = s.marked[string(whole)]
		} else if base < 0x80 {
			ascii = append(ascii, base)
		}
		if bits == nil {
			bits = s.newBits()
		}
		bits[i/64] |= 1 << (i % 64)
		if isMarked(base, whole) {
			s.marked[string(whole)] = bits
		} else {
			s.plain[base] = bits
		}
		i++
		return true
	})
	if len(ascii) == s.size {
		s.ascii = string(ascii)
	}
	return s
}

func (s *search) newBits() []uint64 { return make([]uint64, (s.size+63)/64) }

// finds reports whether a text has what is searched for.
func (s *search) finds(text string) bool {
	if isASCII(text) {
		return s.ascii != "" && strings.Contains(strings.ToLower(text), s.ascii)
	}
	state, last, found := s.newBits(), s.size-1, false
	none := s.newBits()
	s.read(text, func(base rune, whole []byte) bool {
		plain, marked := s.plain[base], none
		if plain == nil {
			plain = none
		}
		if len(s.marked) > 0 && isMarked(base, whole) {
			if bits := s.marked[string(whole)]; bits != nil {
				marked = bits
			}
		}
		carry := uint64(1)
		for i, word := range state {
			state[i] = (word<<1 | carry) & (plain[i] | marked[i])
			carry = word >> 63
		}
		found = state[last/64]>>(last%64)&1 == 1
		return !found
	})
	return found
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}
