package strictjson

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// UnpairedSurrogate returns the index of the first \u escape in valid JSON that is an unpaired
// surrogate (RFC 8259 §8.2), or -1. Readers replace every unpaired surrogate by the same U+FFFD,
// so two different names could become one.
func UnpairedSurrogate(b []byte) int {
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			continue
		}
		start := i
		i++ // to the escaped character
		if b[i] != 'u' {
			continue
		}
		first := escapedRune(b[i:])
		if !utf16.IsSurrogate(first) {
			i += 4 // to the last digit
			continue
		}
		i += 5 // to the next escape, if there is one
		if i+1 >= len(b) || b[i] != '\\' || b[i+1] != 'u' || utf16.DecodeRune(first, escapedRune(b[i+1:])) == utf8.RuneError {
			return start
		}
		i += 5 // to the last digit
	}
	return -1
}

// escapedRune reads uXXXX.
func escapedRune(b []byte) rune {
	n, _ := strconv.ParseUint(string(b[1:5]), 16, 16) // valid JSON has four hexadecimal digits here
	return rune(n)
}
