package assertion

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"fmt"
	"testing"
)

// For each of the refused points, a signature can be found without a private key, for one of a few
// messages.
func TestPointsOfSmallOrderVerifyForgeries(t *testing.T) {
	forged := func(public ed25519.PublicKey) bool {
		for i := range 64 {
			for _, point := range smallOrderPoints {
				for _, sign := range []byte{0, 0x80} {
					r, err := hex.DecodeString(point)
					if err != nil {
						t.Fatal(err)
					}
					r[31] |= sign
					if ed25519.Verify(public, fmt.Append(nil, i), append(r, make([]byte, 32)...)) {
						return true
					}
				}
			}
		}
		return false
	}
	for _, point := range smallOrderPoints {
		public, err := hex.DecodeString(point)
		if err != nil || len(public) != ed25519.PublicKeySize {
			t.Fatalf("%s is no point: %v", point, err)
		}
		if !isSmallOrder(public) || !forged(public) {
			t.Errorf("%s: nothing was forged", point)
		}
	}
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if isSmallOrder(public) || forged(public) {
		t.Error("a sound key is taken for one of them")
	}
}

// A sound key is not taken for one of CVE-2017-15361. Project Wycheproof's vectors have a weak one.
func TestASoundModulusIsNotFactorable(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	if isFactorable(key.N) {
		t.Errorf("%x", key.N)
	}
}
