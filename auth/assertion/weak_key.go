package assertion

import (
	"crypto/ed25519"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
)

// isFactorable reports whether an RSA modulus has the structure of the keys of CVE-2017-15361:
// modulo each small prime it is a power of 65537. One in 2^27 sound moduli has it too.
func isFactorable(modulus *big.Int) bool {
	for p := int64(3); p <= 167; p += 2 {
		if !big.NewInt(p).ProbablyPrime(0) {
			continue
		}
		want := new(big.Int).Mod(modulus, big.NewInt(p)).Int64()
		power, found := int64(1), false
		for range p {
			found = found || power == want
			power = power * 65537 % p
		}
		if !found {
			return false
		}
	}
	return true
}

// isSmallOrder reports whether an Ed25519 key is one of the few points that verify almost any
// signature of any message. They have no private key.
func isSmallOrder(key ed25519.PublicKey) bool {
	masked := slices.Clone(key)
	masked[31] &= 0x7f // without the sign of x, which is either way for some of them
	return slices.Contains(smallOrderPoints, hex.EncodeToString(masked))
}

// smallOrderPoints are the y coordinates, little-endian, of the points of order 1, 2, 4 and 8,
// with those that are not reduced.
var smallOrderPoints = []string{
	strings.Repeat("00", 32),
	"01" + strings.Repeat("00", 31),
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"ec" + strings.Repeat("ff", 30) + "7f",
	"ed" + strings.Repeat("ff", 30) + "7f",
	"ee" + strings.Repeat("ff", 30) + "7f",
}
