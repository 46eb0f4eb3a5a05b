package db

import (
	"crypto/rand"
	"strings"
)

// A recovery code is 32 characters of Crockford's base 32, in eight groups: a locator of 30 random
// bits, which finds its row, and a secret of 130.
//
//	K7QM-2XVP-… : 6 characters of locator, 26 of secret
const (
	recoveryAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	locatorLength    = 6
	codeLength       = 32
	codeGroup        = 4
)

// newRecoveryCode makes a code in the form that parseRecoveryCode returns.
func newRecoveryCode() string {
	b := make([]byte, codeLength)
	if _, err := rand.Read(b); err != nil {
		panic(err) // crypto/rand does not fail
	}
	for i := range b {
		b[i] = recoveryAlphabet[b[i]%32] // 256 is a multiple of 32: all characters are equally likely
	}
	return string(b)
}

// formatRecoveryCode returns a code as people read it.
func formatRecoveryCode(code string) string {
	var groups []string
	for ; code != ""; code = code[codeGroup:] {
		groups = append(groups, code[:codeGroup])
	}
	return strings.Join(groups, "-")
}

// parseRecoveryCode parses a code that a person typed: in upper or lower case, with or without
// separators, with O for 0 and I or L for 1. It returns "" if the text cannot be a code.
func parseRecoveryCode(typed string) string {
	if len(typed) > 8*codeLength {
		return ""
	}
	code := strings.Map(func(r rune) rune {
		switch {
		case r == '-' || r == '–' || r == '\u00a0' || r == ' ' || r == '\t' || r == '\r' || r == '\n':
			return -1
		case r == 'o' || r == 'O':
			return '0'
		case r == 'i' || r == 'I' || r == 'l' || r == 'L':
			return '1'
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, typed)
	if len(code) != codeLength || strings.Trim(code, recoveryAlphabet) != "" {
		return ""
	}
	return code
}
