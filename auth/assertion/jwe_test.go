package assertion_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwe"
	"github.com/lestrrat-go/jwx/v3/jwk"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/auth/authtest"
)

// publishedKeys returns our published keys by their alg.
func publishedKeys(t *testing.T, site *authtest.Site) map[string]jwk.Key {
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

// An envelope encrypts in a supported or an unsupported way.
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

// Each encryption algorithm works with each signing algorithm.
func TestAnAssertionMayBeEncrypted(t *testing.T) {
	site := shared(t)
	keys := publishedKeys(t, site)
	for _, alg := range []jwa.KeyEncryptionAlgorithm{jwa.ECDH_ES(), jwa.RSA_OAEP_256()} {
		for _, algorithm := range algorithms {
			t.Run(alg.String()+" around "+algorithm, func(t *testing.T) {
				issuer := newIssuer(t, site, algorithm)
				if got := issuer.accepted(t, envelope{alg: alg, key: keys[alg.String()]}.seal(t, issuer.assert())); got.ID != "joe" {
					t.Errorf("the subject is %+v", got)
				}
			})
		}
	}
	t.Run("with another cty and without a kid", func(t *testing.T) {
		issuer := newIssuer(t, site, "ES256")
		var raw any
		if err := jwk.Export(keys["ECDH-ES"], &raw); err != nil {
			t.Fatal(err)
		}
		e := envelope{alg: jwa.ECDH_ES(), key: raw, header: map[string]any{"cty": "application/jwt", "typ": "JWT"}}
		issuer.accepted(t, e.seal(t, issuer.assert()))
	})
	t.Run("what is inside is checked like any other", func(t *testing.T) {
		issuer := newIssuer(t, site, "ES256")
		e := envelope{alg: jwa.ECDH_ES(), key: keys["ECDH-ES"]}
		issuer.refused(t, e.seal(t, issuer.assert(authtest.Claim("exp", 1))), "assertion_expired")
		issuer.refused(t, e.seal(t, issuer.assert(authtest.SignedWith(authtest.NewKey().Sign))), "assertion_signature")
		once := issuer.assert()
		if r := use(t, site.Auth.Assertions(), issuer.tenant, e.seal(t, once), ""); !r.OK() {
			t.Errorf("refused: %s", r.Reason())
		}
		if r := use(t, site.Auth.Assertions(), issuer.tenant, e.seal(t, once), ""); r.Code != "assertion_replayed" { // encrypted again
			t.Errorf("a second time: %q", r.Reason())
		}
	})
}

func TestAnEnvelopeIsRefused(t *testing.T) {
	site := shared(t)
	keys := publishedKeys(t, site)
	issuer := newIssuer(t, site, "ES256")
	ec, rsaKey := keys["ECDH-ES"], keys["RSA-OAEP-256"]
	unkeyed := func(key jwk.Key) any { // the key without its alg
		var raw any
		if err := jwk.Export(key, &raw); err != nil {
			t.Fatal(err)
		}
		return raw
	}
	secret := make([]byte, 32)
	bomb := issuer.assert(func(p *authtest.Proof) { p.Claims["x"] = strings.Repeat("0", 128<<10) })
	for _, test := range []struct {
		name     string
		envelope envelope
		inner    string // "" for one in order
		code     string
		want     string
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
		{"zip", envelope{alg: jwa.ECDH_ES(), key: ec, more: []jwe.EncryptOption{jwe.WithCompress(jwa.Deflate())}}, "", "assertion_encryption", "compression is not supported"},
		{"a bomb", envelope{alg: jwa.ECDH_ES(), key: ec, more: []jwe.EncryptOption{jwe.WithCompress(jwa.Deflate())}}, bomb, "assertion_encryption", "compression is not supported"},
		{"no cty", envelope{alg: jwa.ECDH_ES(), key: ec, header: map[string]any{"cty": nil}}, "", "assertion_encryption", "no cty JWT"},
		{"another cty", envelope{alg: jwa.ECDH_ES(), key: ec, header: map[string]any{"cty": "text/plain"}}, "", "assertion_encryption", "no cty JWT"},
		{"another kid", envelope{alg: jwa.ECDH_ES(), key: unkeyed(ec), header: map[string]any{"kid": "other"}}, "", "assertion_encryption", "with this kid"},
		{"the other key's kid", envelope{alg: jwa.ECDH_ES(), key: unkeyed(ec), header: map[string]any{"kid": kidOf(rsaKey)}}, "", "assertion_encryption", "with this kid"},
		{"somebody else's key", envelope{alg: jwa.ECDH_ES(), key: otherP256(t)}, "", "assertion_encryption", "can't be decrypted"},
		{"claims that nobody signed", envelope{alg: jwa.ECDH_ES(), key: ec}, `{"iss":"` + issuer.tenant.Key + `","sub":"joe"}`, "assertion_unsigned", "is not signed"},
		{"nothing", envelope{alg: jwa.ECDH_ES(), key: ec}, "", "", ""},
		{"alg none inside", envelope{alg: jwa.ECDH_ES(), key: ec}, authtest.Encode([]byte(`{"alg":"none"}`)) + "." + strings.Split(issuer.assert(), ".")[1] + ".", "assertion_algorithm", `alg is "none"`},
		{"twice", envelope{alg: jwa.ECDH_ES(), key: ec}, envelope{alg: jwa.RSA_OAEP_256(), key: rsaKey}.seal(t, issuer.assert()), "assertion_encryption", "encrypted twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.inner == "" {
				test.inner = issuer.assert()
			}
			sealed := test.envelope.seal(t, test.inner)
			if test.code == "" {
				issuer.accepted(t, sealed) // the others differ from this one
				return
			}
			if reason := issuer.refused(t, sealed, test.code); !strings.Contains(reason, test.want) {
				t.Errorf("it says %q, not %q", reason, test.want)
			}
		})
	}
}

// All nodes publish the same keys, without their private parts and for encryption only.
func TestPublishedKeySet(t *testing.T) {
	site := authtest.New(t)
	second := site.Node(t)
	bodies := make([]string, 8)
	authtest.InParallel(len(bodies), func(i int) int { // in parallel, before there are keys
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
	// The second node decrypts what is encrypted to the keys of the first.
	issuer := newIssuer(t, site, "HS256")
	issuer.site = second
	for alg, key := range publishedKeys(t, site) {
		algorithm, ok := jwa.LookupKeyEncryptionAlgorithm(alg)
		if !ok {
			t.Fatal(alg)
		}
		issuer.accepted(t, envelope{alg: algorithm, key: key}.seal(t, issuer.assert()))
	}
	// A key in PKCS #8 has its algorithm's object identifier: the dump must not have it.
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

// Anybody may present what another tenant encrypted to us. A report must show nothing of the content
// unless the tenant's own key signed it.
func TestReportHidesOtherTenantsAssertions(t *testing.T) {
	site := shared(t)
	keys := publishedKeys(t, site)
	other := newIssuer(t, site, "ES256")
	foreign := func(edits ...func(*authtest.Proof)) string {
		return other.assert(append([]func(*authtest.Proof){
			authtest.Header("kid", "canary-kid"),
			authtest.Claim("sub", "canary-sub"), authtest.Claim("email", "canary@mail.example"), authtest.Claim("name", "Canary"),
			authtest.Claim("jti", "canary-jti-"+other.tenant.Key), authtest.Claim("nonce", "canary-nonce"),
		}, edits...)...)
	}
	resigned := func(alg string, s func([]byte) []byte) string {
		return foreign(authtest.Header("alg", alg), authtest.SignedWith(s))
	}
	parts := strings.Split(foreign(), ".")
	insides := map[string]string{
		"whole":                      foreign(),
		"whole, with its own kid":    foreign(authtest.Header("kid", other.signer.KeyID)),
		"expired":                    foreign(authtest.Claim("exp", 1)),
		"without kid":                foreign(authtest.Header("kid", nil)),
		"a kid that is no text":      foreign(authtest.Header("kid", 7)),
		"a strange algorithm":        foreign(authtest.Header("alg", "canary-alg")),
		"another supported one":      resigned("RS256", func([]byte) []byte { return []byte("canary") }),
		"HS256":                      resigned("HS256", func([]byte) []byte { return []byte("canary") }),
		"signed in DER":              resigned("ES256", func([]byte) []byte { return append([]byte{0x30}, make([]byte, 69)...) }),
		"a strange type":             foreign(authtest.Header("typ", "canary-typ")),
		"a key in the header":        foreign(authtest.Header("jku", "https://canary.example")),
		"an extension in the header": foreign(authtest.Header("crit", []string{"canary"})),
		"no signature":               parts[0] + "." + parts[1] + ".",
		"no claims":                  parts[0] + "." + authtest.Encode([]byte(`canary`)) + "." + parts[2],
		"no base64":                  parts[0] + ".canary!." + parts[2],
		"a claim twice":              parts[0] + "." + authtest.Encode([]byte(`{"canary":1,"canary":1}`)) + "." + parts[2],
	}
	// A tenant with its own keys of the same or another algorithm, without keys, and with the other's public key.
	for _, mine := range []string{"ES256", "HS256", "", "the other's"} {
		issuer := &issuer{site: site, tenant: site.Tenant(t, "Shop")}
		switch mine {
		case "":
		case "the other's":
			other.signer.AddTo(t, site, issuer.tenant)
		default:
			issuer = newIssuer(t, site, mine)
		}
		var reports []string
		for name, inside := range insides {
			for alg, key := range keys {
				algorithm, _ := jwa.LookupKeyEncryptionAlgorithm(alg)
				sealed := envelope{alg: algorithm, key: key}.seal(t, inside)
				for _, jkt := range []string{"", "x"} {
					var r *assertion.Report
					var err error
					if jkt == "" {
						r, err = site.Auth.Assertions().Test(t.Context(), issuer.tenant, sealed)
					} else {
						r, err = use(t, site.Auth.Assertions(), issuer.tenant, sealed, jkt), nil
					}
					if err != nil || r.OK() {
						t.Fatalf("%s: %v %+v", name, err, r)
					}
					reports = append(reports, fmt.Sprintf("%s %+v", r.Reason(), r.Checks))
					for _, forbidden := range []string{"anary", other.tenant.Key, "exp ", "iat ", "DER", "kid", other.signer.KeyID} {
						if strings.Contains(reports[len(reports)-1], forbidden) {
							t.Errorf("%s, by a tenant with %q: %q is in %s", name, mine, forbidden, reports[len(reports)-1])
						}
					}
				}
			}
		}
		slices.Sort(reports)
		if n := len(slices.Compact(reports)); n > 2*len(keys) { // one answer for each envelope, whatever the content
			t.Errorf("by a tenant with %q there are %d answers", mine, n)
		}
	}
}
