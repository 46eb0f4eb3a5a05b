package direct

// appendString appends s as a JSON string with the escapes of graphql.MarshalString: quote, backslash and the characters
// below space. It does not validate UTF-8.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for {
		n := unescapedLength(s)
		b = append(b, s[:n]...)
		if n == len(s) {
			return append(b, '"')
		}
		b = appendEscaped(b, s[n])
		s = s[n+1:]
	}
}

// quotedSize returns how many bytes appendString appends for s.
func quotedSize(s string) int {
	size := len(s) + len(`""`)
	for {
		n := unescapedLength(s)
		if n == len(s) {
			return size
		}
		var escaped [8]byte
		size += len(appendEscaped(escaped[:0], s[n])) - 1
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

// unescapedLength returns the length of the part of s before the first byte that needs an escape.
func unescapedLength(s string) int {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			return i
		}
	}
	return len(s)
}
