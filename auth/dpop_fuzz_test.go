package auth

import "testing"

// Whatever a stranger sends as a proof is refused or read, and what is read is written one way.
func FuzzReadProof(f *testing.F) {
	for _, seed := range []string{
		"", ".", "..", "a.b.c", "e30.e30." + string(make([]byte, 86)),
		"eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwiY3J2IjoiUC0yNTYifX0.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, compact string) {
		p, err := readProof(compact)
		if err != nil {
			return
		}
		if len(p.signed) >= len(compact) || p.r.Sign() < 0 || p.s.Sign() < 0 {
			t.Errorf("read %q as %+v", compact, p)
		}
		if key, err := readProofHeader(p.header); err == nil && p.verifiedBy(key.PublicKey) {
			t.Errorf("%q is a proof that nobody signed", compact)
		}
	})
}
