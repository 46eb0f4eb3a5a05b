package db

import (
	"crypto/rand"
	"strings"
)

// A recovery code is 32 characters of Crockford's base 32, in eight groups: a locator of 30
// random bits, by which its row is found, and a secret of 130.
//
//	K7QM-2XVP-… : 6 of locator, 26 of secret
const (
	recoveryAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	locatorLength    = 6
	codeLength       = 32
	codeGroup        = 4
)

// newRecoveryCode makes a code as parseRecoveryCode gives it.
func newRecoveryCode() string {
	b := make([]byte, codeLength)
	if _, err := rand.Read(b); err != nil {
		panic(err) // crypto/rand does not fail
	}
	for i := range b {
		b[i] = recoveryAlphabet[b[i]%32] // 256 is a multiple of it: no character is likelier
	}
	return string(b)
}

// formatRecoveryCode gives a code as people read it.
func formatRecoveryCode(code string) string {
	var groups []string
	for ; code != ""; code = code[codeGroup:] {
		groups = append(groups, code[:codeGroup])
	}
	return strings.Join(groups, "-")
}

// parseRecoveryCode reads what a person typed: in upper or lower case, with or without what stands
// between the groups, with O for 0 and I or L for 1. It gives "" for what can be no code.
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
