package direct

import "math/bits"

// appendString appends s as a JSON string with the escapes of graphql.MarshalString: quote, backslash and the characters
// below space. It does not validate UTF-8.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for {
		n := plain(s)
		b = append(b, s[:n]...)
		if n == len(s) {
			return append(b, '"')
		}
		b = appendEscaped(b, s[n])
		s = s[n+1:]
	}
}

func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '\t':
		return append(b, `\t`...)
	case '\r':
		return append(b, `\r`...)
	case '\n':
		return append(b, `\n`...)
	case '"', '\\':
		return append(b, '\\', c)
	}
	const hex = "0123456789ABCDEF"
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
}

// The same byte in each place of a word.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// plain gives the length of the start of s that needs no escaping. It looks at eight bytes at a
// time: of a word, the lowest byte that is flagged is the first one that needs it, whatever the
// borrowing of the subtractions flags above.
func plain(s string) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := word(s[i : i+8])
		quote, backslash := w^'"'*ones, w^'\\'*ones
		flags := ((w-' '*ones)&^w | (quote-ones)&^quote | (backslash-ones)&^backslash) & highs
		if flags != 0 {
			return i + bits.TrailingZeros64(flags)/8
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			break
		}
	}
	return i
}

// word reads eight bytes, the first of them lowest; the compiler makes one load of it.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
