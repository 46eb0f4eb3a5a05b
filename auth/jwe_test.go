package auth_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwe"
	"github.com/lestrrat-go/jwx/v3/jwk"

	"github.com/company-a/aside/auth/authtest"
)

// published gives the keys at the account origin, by their alg.
func published(t *testing.T, site *authtest.Site) map[string]jwk.Key {
	t.Helper()
	answer := site.Send(t, &authtest.Call{Method: http.MethodGet, URL: site.AccountOrigin + "/.well-known/jwks.json"}).Must(t, 200)
	set, err := jwk.Parse([]byte(answer.Body))
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]jwk.Key{}
	for i := range set.Len() {
		key, _ := set.Key(i)
		alg, _ := key.Algorithm()
		keys[alg.String()] = key
	}
	return keys
}

// envelope encrypts with what a tenant would write, or with what it should not.
type envelope struct {
	alg    jwa.KeyEncryptionAlgorithm
	enc    jwa.ContentEncryptionAlgorithm
	key    any
	header map[string]any
	more   []jwe.EncryptOption
}

func (e envelope) seal(t *testing.T, inner string) string {
	t.Helper()
	headers := jwe.NewHeaders()
	header := map[string]any{"cty": "JWT"}
	maps.Copy(header, e.header)
	for name, v := range header {
		if v == nil {
			continue
		}
		if err := headers.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	if e.enc == (jwa.ContentEncryptionAlgorithm{}) {
		e.enc = jwa.A256GCM()
	}
	b, err := jwe.Encrypt([]byte(inner), append([]jwe.EncryptOption{
		jwe.WithKey(e.alg, e.key), jwe.WithContentEncryption(e.enc), jwe.WithProtectedHeaders(headers), jwe.WithCompact(),
	}, e.more...)...)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// With an algorithm, RSA or not, and with every kind of signature inside.
func TestAnAssertionMayBeEncrypted(t *testing.T) {
	site := shared(t)
	keys := published(t, site)
	for _, alg := range []jwa.KeyEncryptionAlgorithm{jwa.ECDH_ES(), jwa.RSA_OAEP_256()} {
		for _, algorithm := range algorithms {
			t.Run(alg.String()+" around "+algorithm, func(t *testing.T) {
				d := newDesk(t, site, algorithm)
				if got := d.accepted(t, envelope{alg: alg, key: keys[alg.String()]}.seal(t, d.assert())); got.ID != "joe" {
					t.Errorf("the subject is %+v", got)
				}
			})
		}
	}
	t.Run("with another cty and without a kid", func(t *testing.T) {
		d := newDesk(t, site, "ES256")
		var raw any
		if err := jwk.Export(keys["ECDH-ES"], &raw); err != nil {
			t.Fatal(err)
		}
		e := envelope{alg: jwa.ECDH_ES(), key: raw, header: map[string]any{"cty": "application/jwt", "typ": "JWT"}}
		d.accepted(t, e.seal(t, d.assert()))
	})
	t.Run("what is inside is checked like any other", func(t *testing.T) {
		d := newDesk(t, site, "ES256")
		e := envelope{alg: jwa.ECDH_ES(), key: keys["ECDH-ES"]}
		d.refused(t, e.seal(t, d.assert(authtest.Claim("exp", 1))), "assertion_expired")
		d.refused(t, e.seal(t, d.assert(authtest.SignedWith(authtest.NewKey().Sign))), "assertion_signature")
		once := d.assert()
		if r := present(t, site.Auth, d.tenant, e.seal(t, once), ""); !r.OK() {
			t.Errorf("refused: %s", r.Reason())
		}
		if r := present(t, site.Auth, d.tenant, e.seal(t, once), ""); r.Code != "assertion_replayed" { // in another envelope
			t.Errorf("a second time: %q", r.Reason())
		}
	})
}

func TestAnEnvelopeIsRefused(t *testing.T) {
	site := shared(t)
	keys := published(t, site)
	d := newDesk(t, site, "ES256")
	ec, rsaKey := keys["ECDH-ES"], keys["RSA-OAEP-256"]
	unkeyed := func(key jwk.Key) any { // the key without the algorithm that it is for
		var raw any
		if err := jwk.Export(key, &raw); err != nil {
			t.Fatal(err)
		}
		return raw
	}
	secret := make([]byte, 32)
	bomb := d.assert(func(p *authtest.Proof) { p.Claims["x"] = strings.Repeat("0", 128<<10) })
	for _, test := range []struct {
		name     string
		envelope envelope
		inner    string // "" for one in order
		code     string
		says     string
	}{
		{"RSA1_5", envelope{alg: jwa.RSA1_5(), key: unkeyed(rsaKey)}, "", "assertion_encryption", `alg is "RSA1_5"; supported are`},
		{"RSA-OAEP", envelope{alg: jwa.RSA_OAEP(), key: unkeyed(rsaKey)}, "", "assertion_encryption", `alg is "RSA-OAEP"; supported are`},
		{"ECDH-ES+A128KW", envelope{alg: jwa.ECDH_ES_A128KW(), key: unkeyed(ec)}, "", "assertion_encryption", `alg is "ECDH-ES+A128KW"; supported are`},
		{"A128KW", envelope{alg: jwa.A128KW(), key: secret[:16]}, "", "assertion_encryption", `alg is "A128KW"`},
		{"A256GCMKW", envelope{alg: jwa.A256GCMKW(), key: secret}, "", "assertion_encryption", `alg is "A256GCMKW"`},
		{"dir", envelope{alg: jwa.DIRECT(), key: secret}, "", "assertion_encryption", `alg is "dir"`},
		{"PBES2", envelope{alg: jwa.PBES2_HS256_A128KW(), key: []byte("password")}, "", "assertion_encryption", `alg is "PBES2-HS256+A128KW"`},
		{"A128GCM", envelope{alg: jwa.ECDH_ES(), enc: jwa.A128GCM(), key: ec}, "", "assertion_encryption", `enc is "A128GCM"; supported is A256GCM`},
		{"A256CBC-HS512", envelope{alg: jwa.ECDH_ES(), enc: jwa.A256CBC_HS512(), key: ec}, "", "assertion_encryption", `enc is "A256CBC-HS512"`},
		{"zip", envelope{alg: jwa.ECDH_ES(), key: ec, more: []jwe.EncryptOption{jwe.WithCompress(jwa.Deflate())}}, "", "assertion_encryption", "nothing is decompressed"},
		{"a bomb", envelope{alg: jwa.ECDH_ES(), key: ec, more: []jwe.EncryptOption{jwe.WithCompress(jwa.Deflate())}}, bomb, "assertion_encryption", "nothing is decompressed"},
		{"no cty", envelope{alg: jwa.ECDH_ES(), key: ec, header: map[string]any{"cty": nil}}, "", "assertion_encryption", "no cty JWT"},
		{"another cty", envelope{alg: jwa.ECDH_ES(), key: ec, header: map[string]any{"cty": "text/plain"}}, "", "assertion_encryption", "no cty JWT"},
		{"another kid", envelope{alg: jwa.ECDH_ES(), key: unkeyed(ec), header: map[string]any{"kid": "other"}}, "", "assertion_encryption", "with this kid"},
		{"the other key's kid", envelope{alg: jwa.ECDH_ES(), key: unkeyed(ec), header: map[string]any{"kid": kidOf(rsaKey)}}, "", "assertion_encryption", "with this kid"},
		{"somebody else's key", envelope{alg: jwa.ECDH_ES(), key: otherP256(t)}, "", "assertion_encryption", "does not open"},
		{"claims that nobody signed", envelope{alg: jwa.ECDH_ES(), key: ec}, `{"iss":"` + d.tenant.Key + `","sub":"joe"}`, "assertion_unsigned", "is not signed"},
		{"nothing", envelope{alg: jwa.ECDH_ES(), key: ec}, "", "", ""},
		{"alg none inside", envelope{alg: jwa.ECDH_ES(), key: ec}, encode([]byte(`{"alg":"none"}`)) + "." + strings.Split(d.assert(), ".")[1] + ".", "assertion_algorithm", `alg is "none"`},
		{"twice", envelope{alg: jwa.ECDH_ES(), key: ec}, envelope{alg: jwa.RSA_OAEP_256(), key: rsaKey}.seal(t, d.assert()), "assertion_encryption", "encrypted twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.inner == "" {
				test.inner = d.assert()
			}
			sealed := test.envelope.seal(t, test.inner)
			if test.code == "" {
				d.accepted(t, sealed) // the others differ from this one
				return
			}
			if reason := d.refused(t, sealed, test.code); !strings.Contains(reason, test.says) {
				t.Errorf("it says %q, not %q", reason, test.says)
			}
		})
	}
}

// What an attacker who has no key would try, part by part (RFC 7516 §7.1, RFC 8725 §3.4).
func TestATamperedEnvelopeIsRefused(t *testing.T) {
	site := shared(t)
	keys := published(t, site)
	d := newDesk(t, site, "ES256")
	valid := envelope{alg: jwa.ECDH_ES(), key: keys["ECDH-ES"]}.seal(t, d.assert())
	rsaValid := envelope{alg: jwa.RSA_OAEP_256(), key: keys["RSA-OAEP-256"]}.seal(t, d.assert())
	d.accepted(t, valid)
	d.accepted(t, rsaValid)

	part := func(sealed string, i int, change func([]byte) []byte) string {
		parts := strings.Split(sealed, ".")
		b, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = encode(change(b))
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
		parts[3], parts[4] = encode(all[:len(text)-n]), encode(all[len(text)-n:])
		return strings.Join(parts, ".")
	}
	p := elliptic256Prime()
	coordinate := func(n *big.Int) string { return encode(n.FillBytes(make([]byte, 32))) }
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
			h["epk"] = map[string]any{"kty": "OKP", "crv": "X25519", "x": encode(make([]byte, 32))}
		}),
		"epk at zero":             epk(map[string]any{"x": coordinate(new(big.Int)), "y": coordinate(new(big.Int))}),
		"epk off the curve":       epk(map[string]any{"x": coordinate(big.NewInt(1)), "y": coordinate(big.NewInt(1))}),
		"epk beyond the field":    epk(map[string]any{"x": coordinate(p)}),
		"epk on a weak curve":     epk(map[string]any{"x": "gTa1xm0uw6zA1yMrIm1XwRA4xhvtHRcF5W5CN-iQRHs", "y": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}),
		"epk with short numbers":  epk(map[string]any{"x": "AQ", "y": "AQ"}),
		"epk with long numbers":   epk(map[string]any{"x": encode(make([]byte, 33))}),
		"epk with other numbers":  epk(map[string]any{"x": 1, "y": 1}),
		"epk of somebody else":    header(func(h map[string]any) { h["epk"] = authtest.NewKey().JWK() }),
		"our own key as epk":      header(func(h map[string]any) { h["epk"] = keys["ECDH-ES"] }),
		"header empty":            part(valid, 0, cut(0)),
		"everything empty":        "....",
		"in JSON":                 `{"protected":"` + strings.ReplaceAll(valid, ".", `","x":"`) + `"}`,
		"more than anybody sends": valid + strings.Repeat("A", 8<<10),
	} {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			r, err := site.Auth.TestAssertion(t.Context(), d.tenant, sealed)
			if err != nil {
				t.Fatal(err)
			}
			if r.OK() || (r.Code != "assertion_encryption" && r.Code != "assertion_malformed") {
				t.Errorf("refused with %q", r.Reason())
			}
			if took := time.Since(begun); took > time.Second { // 2^31 rounds would take many minutes
				t.Errorf("it took %s to say so", took)
			}
		})
	}
}

// All nodes have the same keys, published without their private parts and for nothing else.
func TestThePublishedKeySet(t *testing.T) {
	site := authtest.New(t)
	second := site.Node(t)
	bodies := make([]string, 8)
	inParallel(len(bodies), func(i int) int { // at once, before there is any
		node := []*authtest.Site{site, second}[i%2]
		answer := node.Send(t, &authtest.Call{Method: http.MethodGet, URL: site.AccountOrigin + "/.well-known/jwks.json"})
		bodies[i] = answer.Body
		return answer.Status
	})
	for _, body := range bodies {
		if body != bodies[0] {
			t.Fatalf("nodes differ:\n%s\n%s", body, bodies[0])
		}
	}
	var set struct{ Keys []map[string]string }
	decode(t, []byte(bodies[0]), &set)
	if len(set.Keys) != 2 {
		t.Fatalf("there are %d keys", len(set.Keys))
	}
	for _, key := range set.Keys {
		want := map[string][]string{
			"EC":  {"alg", "crv", "kid", "kty", "use", "x", "y"},
			"RSA": {"alg", "e", "kid", "kty", "n", "use"},
		}[key["kty"]]
		if got := slices.Sorted(maps.Keys(key)); !slices.Equal(got, want) || key["use"] != "enc" || key["kid"] == "" {
			t.Errorf("a key has %v: %v", got, key)
		}
	}
	// What the first encrypts to, the second opens.
	d := newDesk(t, site, "HS256")
	d.site = second
	for alg, key := range published(t, site) {
		algorithm, ok := jwa.LookupKeyEncryptionAlgorithm(alg)
		if !ok {
			t.Fatal(alg)
		}
		d.accepted(t, envelope{alg: algorithm, key: key}.seal(t, d.assert()))
	}
	// A key in PKCS #8 says its algorithm's object identifier: none does in a dump.
	dump := string(site.Dump(t))
	if !strings.Contains(dump, "RSA-OAEP-256") || strings.Contains(dump, "2a864886f70d010101") || strings.Contains(dump, "2a8648ce3d0201") {
		t.Error("the private keys are in the dump, unsealed")
	}
}

func kidOf(key jwk.Key) string {
	kid, _ := key.KeyID()
	return kid
}

func otherP256(t *testing.T) any {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	imported, err := jwk.Import(key.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	return imported
}

func elliptic256Prime() *big.Int {
	p, _ := new(big.Int).SetString("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16)
	return p
}
