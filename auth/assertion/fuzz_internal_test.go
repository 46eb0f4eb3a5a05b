package assertion

import (
	"bytes"
	"strings"
	"testing"
)

// No input panics, and none without a signature of the key verifies.
func FuzzAssertion(f *testing.F) {
	secret := []byte("correct-horse-battery-staple-0123456789")
	key := verifier{algorithm: algHS256, key: secret}
	const valid = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJqb2UifQ"
	for _, seed := range []string{
		valid + ".AAAA", "", ".", "..", "....", valid, "a.b.c.d.e",
		"eyJhbGciOiJub25lIn0.e30.",
		"eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImVwayI6eyJrdHkiOiJFQyIsImNydiI6IlAtMjU2IiwieCI6IkFBIiwieSI6IkFBIn19..AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA",
		`{"sub":"joe","sub":"eve"}`, `{"a":{"b":[{"c":1,"c":2}]}}`, `{"a":"\ud800"}`, `{"a":"\ud83d\ude00\\ud800"}`, `{"a":1e309}`, `{"\u0061":1,"a":2}`,
		strings.Repeat("[", 100), `{"exp":-0}`, `{"crit":[]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := &Report{}
		if m := parseSigned(r, string(b)); m != nil {
			if key.verifies(m) {
				t.Errorf("%q verifies", b) // nobody has signed anything
			}
			if len(m.compact) != len(b) || m.header == nil || m.claims == nil || !r.OK() {
				t.Errorf("%q is taken for %+v", b, m)
			}
			checkSubject(r, m.claims)
			checkNonce(r, m.claims, "", true)
			numericDate(m.claims["exp"])
		} else if r.Code != "assertion_malformed" || r.Reason() == "" {
			t.Errorf("%q is refused with %q", b, r.Reason())
		}
		if bytes.Count(b, []byte(".")) == 4 {
			if m, err := splitEncrypted(string(b)); (m == nil) == (err == nil) {
				t.Errorf("%q: %v, %v", b, m, err)
			}
		}
		_, _, _ = parseKeySet(b)
	})
}
