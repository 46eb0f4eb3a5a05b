package assertion_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"

	"github.com/company-a/aside/auth/authtest"
)

// What an attacker without a key could change, part by part (RFC 7516 §7.1, RFC 8725 §3.4).
func TestATamperedEnvelopeIsRefused(t *testing.T) {
	site := shared(t)
	keys := publishedKeys(t, site)
	issuer := newIssuer(t, site, "ES256")
	valid := envelope{alg: jwa.ECDH_ES(), key: keys["ECDH-ES"]}.seal(t, issuer.assert())
	rsaValid := envelope{alg: jwa.RSA_OAEP_256(), key: keys["RSA-OAEP-256"]}.seal(t, issuer.assert())
	issuer.accepted(t, valid)
	issuer.accepted(t, rsaValid)

	part := func(sealed string, i int, change func([]byte) []byte) string {
		parts := strings.Split(sealed, ".")
		b, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = authtest.Encode(change(b))
		return strings.Join(parts, ".")
	}
	header := func(change func(map[string]any)) string {
		return part(valid, 0, func(b []byte) []byte {
			var h map[string]any
			decode(t, b, &h)
			change(h)
			b, _ = json.Marshal(h)
			return b
		})
	}
	epk := func(change map[string]any) string {
		return header(func(h map[string]any) { maps.Copy(h["epk"].(map[string]any), change) })
	}
	replaced := func(old, instead string) string {
		return part(valid, 0, func(b []byte) []byte { return []byte(strings.Replace(string(b), old, instead, 1)) })
	}
	cut := func(n int) func([]byte) []byte { return func(b []byte) []byte { return b[:n] } }
	shift := func(sealed string, n int) string { // from the ciphertext to the tag: the same bytes
		parts := strings.Split(sealed, ".")
		text, _ := base64.RawURLEncoding.DecodeString(parts[3])
		tag, _ := base64.RawURLEncoding.DecodeString(parts[4])
		all := slices.Concat(text, tag)
		parts[3], parts[4] = authtest.Encode(all[:len(text)-n]), authtest.Encode(all[len(text)-n:])
		return strings.Join(parts, ".")
	}
	p := elliptic256Prime()
	coordinate := func(n *big.Int) string { return authtest.Encode(n.FillBytes(make([]byte, 32))) }
	for name, sealed := range map[string]string{
		"a bit of the header":   part(valid, 0, func(b []byte) []byte { return flip(b, 13) }),
		"a bit of the text":     part(valid, 3, func(b []byte) []byte { return flip(b, 0) }),
		"a bit of the tag":      part(valid, 4, func(b []byte) []byte { return flip(b, 127) }),
		"a bit of the vector":   part(valid, 2, func(b []byte) []byte { return flip(b, 0) }),
		"a bit of the key":      part(rsaValid, 1, func(b []byte) []byte { return flip(b, 100) }),
		"no key":                part(rsaValid, 1, cut(0)),
		"a short key":           part(rsaValid, 1, cut(100)),
		"a key of zeros":        part(rsaValid, 1, func(b []byte) []byte { return make([]byte, len(b)) }),
		"a key where none is":   part(valid, 1, func([]byte) []byte { return make([]byte, 40) }),
		"a tag cut to 12":       part(valid, 4, cut(12)),
		"a tag cut to nothing":  part(valid, 4, cut(0)),
		"a tag of more":         shift(valid, 4),
		"a tag of less":         shift(valid, -4),
		"no vector":             part(valid, 2, cut(0)),
		"a vector of 16":        part(valid, 2, func(b []byte) []byte { return append(b, 0, 0, 0, 0) }),
		"no text":               part(valid, 3, cut(0)),
		"padding":               valid + "=",
		"a sixth part":          valid + ".",
		"crit":                  header(func(h map[string]any) { h["crit"] = []string{"exp"} }),
		`enc is "twice"`:        replaced(`{`, `{"enc":"A256GCM",`),
		"alg twice":             replaced(`{`, `{"alg":"dir",`),
		"p2c of giants":         header(func(h map[string]any) { h["alg"], h["p2c"], h["p2s"] = "PBES2-HS512+A256KW", 1<<31-1, "AAAA" }),
		"p2c, besides":          header(func(h map[string]any) { h["p2c"] = 1<<31 - 1 }),
		"apu of something else": header(func(h map[string]any) { h["apu"] = "AAAA" }),
		"apu, a number":         header(func(h map[string]any) { h["apu"] = 1 }),
		"jwk":                   header(func(h map[string]any) { h["jwk"] = authtest.NewKey().JWK() }),
		"jku":                   header(func(h map[string]any) { h["jku"] = "https://evil.example" }),
		"no epk":                header(func(h map[string]any) { delete(h, "epk") }),
		"epk of null":           header(func(h map[string]any) { h["epk"] = nil }),
		"epk, private":          header(func(h map[string]any) { h["epk"] = authtest.NewKey().PrivateJWK() }),
		"epk of another curve":  epk(map[string]any{"crv": "P-384"}),
		"epk of secp256k1":      epk(map[string]any{"crv": "secp256k1"}),
		"epk of X25519": header(func(h map[string]any) {
			h["epk"] = map[string]any{"kty": "OKP", "crv": "X25519", "x": authtest.Encode(make([]byte, 32))}
		}),
		"epk at zero":             epk(map[string]any{"x": coordinate(new(big.Int)), "y": coordinate(new(big.Int))}),
		"epk off the curve":       epk(map[string]any{"x": coordinate(big.NewInt(1)), "y": coordinate(big.NewInt(1))}),
		"epk beyond the field":    epk(map[string]any{"x": coordinate(p)}),
		"epk on a weak curve":     epk(map[string]any{"x": "gTa1xm0uw6zA1yMrIm1XwRA4xhvtHRcF5W5CN-iQRHs", "y": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}),
		"epk with short numbers":  epk(map[string]any{"x": "AQ", "y": "AQ"}),
		"epk with long numbers":   epk(map[string]any{"x": authtest.Encode(make([]byte, 33))}),
		"epk with other numbers":  epk(map[string]any{"x": 1, "y": 1}),
		"somebody else's epk":     header(func(h map[string]any) { h["epk"] = authtest.NewKey().JWK() }),
		"our own key as epk":      header(func(h map[string]any) { h["epk"] = keys["ECDH-ES"] }),
		"header empty":            part(valid, 0, cut(0)),
		"everything empty":        "....",
		"in JSON":                 `{"protected":"` + strings.ReplaceAll(valid, ".", `","x":"`) + `"}`,
		"more than anybody sends": valid + strings.Repeat("A", 8<<10),
	} {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			r, err := site.Auth.Assertions().Test(t.Context(), issuer.tenant, sealed)
			if err != nil {
				t.Fatal(err)
			}
			if r.OK() || (r.Code != "assertion_encryption" && r.Code != "assertion_malformed") {
				t.Errorf("refused with %q", r.Reason())
			}
			if strings.HasPrefix(name, "epk ") && !strings.Contains(r.Reason(), "its epk is not a public key on P-256") { // before our key is used
				t.Errorf("refused with %q", r.Reason())
			}
			if took := time.Since(begun); took > time.Second { // 2^31 rounds would take many minutes
				t.Errorf("it took %s to say so", took)
			}
		})
	}
}

func elliptic256Prime() *big.Int {
	p, _ := new(big.Int).SetString("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16)
	return p
}
