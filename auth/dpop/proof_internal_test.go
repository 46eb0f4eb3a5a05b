package dpop

import (
	"encoding/asn1"
	"math/big"
	"strings"
	"testing"
)

// Any header is refused or parsed, and a parsed signature has one DER form.
func FuzzParseJWS(f *testing.F) {
	for _, seed := range []string{
		"", ".", "..", "a.b.c", "e30.e30." + string(make([]byte, 86)),
		"e30.e30." + strings.Repeat("_", 85) + "w", "e30.e30." + strings.Repeat("A", 40) + strings.Repeat("g", 45) + "g",
		"eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwiY3J2IjoiUC0yNTYifX0.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, compact string) {
		p, err := parseJWS(compact)
		if err != nil {
			return
		}
		if len(p.input) >= len(compact) {
			t.Errorf("read %q as %+v", compact, p)
		}
		var der struct{ R, S *big.Int }
		rest, err := asn1.Unmarshal(p.asn1(), &der)
		if r, s := new(big.Int).SetBytes(p.signature[:32]), new(big.Int).SetBytes(p.signature[32:]); err != nil || len(rest) > 0 || der.R.Cmp(r) != 0 || der.S.Cmp(s) != 0 {
			t.Errorf("the signature of %q is %x in DER: %v", compact, p.asn1(), err)
		}
		if key, err := parseHeader(p.header); err == nil && p.verifiedBy(key.PublicKey) {
			t.Errorf("%q is a proof that nobody signed", compact)
		}
	})
}
