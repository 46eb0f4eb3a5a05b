package assertion_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// RFC 8725 §2 and §3: forgeries that other implementations have accepted, for each kind of key.
func TestNoForgeryIsAccepted(t *testing.T) {
	site := shared(t)
	strangers := map[string]*authtest.Signer{}
	for _, algorithm := range algorithms {
		strangers[algorithm] = authtest.NewSigner(algorithm)
	}
	for _, algorithm := range algorithms {
		t.Run(algorithm, func(t *testing.T) {
			issuer := newIssuer(t, site, algorithm)
			valid := issuer.assert()
			issuer.accepted(t, valid)
			for name, forged := range forgeries(t, issuer, valid, strangers) {
				t.Run(name, func(t *testing.T) {
					r, err := site.Auth.Assertions().Test(t.Context(), issuer.tenant, forged)
					if err != nil {
						t.Fatal(err)
					}
					if r.OK() || r.Subject != nil {
						t.Errorf("accepted: %s", forged)
					}
				})
			}
			issuer.accepted(t, valid) // after all of them
		})
	}
}

func forgeries(t *testing.T, issuer *issuer, valid string, strangers map[string]*authtest.Signer) map[string]string {
	t.Helper()
	parts := strings.Split(valid, ".")
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	join := func(parts ...string) string { return strings.Join(parts, ".") }
	signed := func(signature []byte) string { return join(parts[0], parts[1], authtest.Encode(signature)) }
	header := func(name string, v any) string { return issuer.assert(authtest.Header(name, v)) }
	payload := func(json string) string {
		return issuer.assert(authtest.Payload(json))
	}
	rawHeader := func(json string) string { // signed as written
		input := authtest.Encode([]byte(json)) + "." + parts[1]
		return input + "." + authtest.Encode(issuer.signer.Sign([]byte(input)))
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	with := func(more string) string {
		return payload(strings.TrimSuffix(string(claims), "}") + "," + more + "}")
	}
	replaced := func(old, instead string) string {
		if !strings.Contains(string(claims), old) {
			t.Fatalf("no %s in %s", old, claims)
		}
		return payload(strings.Replace(string(claims), old, instead, 1))
	}
	eve := authtest.Encode([]byte(strings.Replace(string(claims), `"joe"`, `"eve"`, 1)))
	kid := ""
	if issuer.signer.KeyID != "" {
		kid = `,"kid":"` + issuer.signer.KeyID + `"`
	}
	alg := `"alg":"` + issuer.signer.Algorithm + `"`
	exp := func(number string) string {
		return issuer.assert(func(p *authtest.Proof) {
			b, _ := json.Marshal(p.Claims)
			i := strings.Index(string(b), `"exp":`) + len(`"exp":`)
			j := i + strings.IndexAny(string(b[i:]), ",}")
			p.Payload = []byte(string(b[:i]) + number + string(b[j:]))
		})
	}

	f := map[string]string{
		// §2.1: the algorithm
		"alg none, unsigned":           join(authtest.Encode([]byte(`{"alg":"none"`+kid+`}`)), eve, ""),
		"alg none, signed":             header("alg", "none"),
		"alg NONE":                     join(authtest.Encode([]byte(`{"alg":"NONE"`+kid+`}`)), eve, ""),
		"alg nOnE":                     join(authtest.Encode([]byte(`{"alg":"nOnE"`+kid+`}`)), eve, "AAAA"),
		"alg empty":                    header("alg", ""),
		"alg missing":                  header("alg", nil),
		"alg of null":                  rawHeader(`{"alg":null` + kid + `}`),
		"alg in an array":              header("alg", []string{issuer.signer.Algorithm}),
		"alg in lower case":            header("alg", strings.ToLower(issuer.signer.Algorithm)),
		"alg with a space":             header("alg", issuer.signer.Algorithm+" "),
		"alg with a NUL":               header("alg", issuer.signer.Algorithm+"\x00"),
		"alg twice, the right one 1st": rawHeader(`{` + alg + kid + `,"alg":"none"}`),
		"alg twice, the right one 2nd": rawHeader(`{"alg":"none",` + alg + kid + `}`),
		"alg twice, by an escape":      rawHeader(`{` + alg + kid + `,"\u0061lg":"none"}`),
		"ALG besides nothing":          rawHeader(`{"ALG":"` + issuer.signer.Algorithm + `"` + kid + `}`),

		// §2.2, §3.2: the signature
		"the signature of another payload": join(parts[0], eve, parts[2]),
		"no signature":                     join(parts[0], parts[1], ""),
		"no signature, no dot":             join(parts[0], parts[1]),
		"the signature cut short":          signed(signature[:len(signature)-1]),
		"the signature's first half":       signed(signature[:len(signature)/2]),
		"a byte more":                      signed(append(signature[:len(signature):len(signature)], 0)),
		"a byte before":                    signed(append([]byte{0}, signature...)),
		"zeros":                            signed(make([]byte, len(signature))),
		"ones":                             signed([]byte(strings.Repeat("\xff", len(signature)))),
		"one bit":                          signed(flip(signature, 0)),
		"the last bit":                     signed(flip(signature, len(signature)*8-1)),
		"in DER":                           signed(inDER(t, signature)),

		// §3.10, RFC 7515 §4.1: headers that contain or name a key
		"jwk":             selfSigned(issuer, "jwk"),
		"jwk in front":    selfSigned(issuer, "jwk", func(p *authtest.Proof) { delete(p.Header, "kid") }),
		"jku":             header("jku", "https://evil.example/jwks.json"),
		"x5u":             header("x5u", "https://evil.example/cert.pem"),
		"x5c":             header("x5c", []string{"AAAA"}),
		"a kid of null":   rawHeader(`{` + alg + `,"kid":null}`),
		"a kid, a number": rawHeader(`{` + alg + `,"kid":0}`),
		"a kid of a list": rawHeader(`{` + alg + `,"kid":[]}`),

		// RFC 7515 §4.1.11, RFC 7797, RFC 7516 §4.1.3: extensions
		"crit of exp":      header("crit", []string{"exp"}),
		"crit empty":       header("crit", []string{}),
		"crit of null":     rawHeader(`{` + alg + kid + `,"crit":null}`),
		"b64 false":        header("b64", false),
		"b64 false, crit":  issuer.assert(authtest.Header("b64", false), authtest.Header("crit", []string{"b64"})),
		"zip":              header("zip", "DEF"),
		"cty JWT":          header("cty", "JWT"),
		"typ of a proof":   header("typ", "dpop+jwt"),
		"typ of a token":   header("typ", "at+jwt"),
		"typ of a logout":  header("typ", "logout+jwt"),
		"typ, a number":    header("typ", 1),
		"header an array":  rawHeader(`[]`),
		"header a text":    rawHeader(`"` + issuer.signer.Algorithm + `"`),
		"header with more": rawHeader(`{` + alg + kid + `}{}`),
		"header with NaN":  rawHeader(`{` + alg + kid + `,"n":NaN}`),
		"header empty":     join("", parts[1], parts[2]),

		// RFC 7519 §4: claims that two readers could understand differently
		"sub twice":                  with(`"sub":"eve"`),
		"sub twice, by an escape":    with(`"s\u0075b":"eve"`),
		"exp twice":                  with(`"exp":9999999999`),
		"twice, deep inside":         with(`"x":[{"y":{"z":1,"z":2}}]`),
		"SUB for sub":                replaced(`"sub"`, `"SUB"`),
		"Aud for aud":                replaced(`"aud"`, `"Aud"`),
		"the long s in iss":          replaced(`"iss"`, `"iſs"`),
		"sub with a NUL in its name": replaced(`"sub"`, `"sub\u0000"`),
		"half of a surrogate pair":   replaced(`"joe"`, `"joe\ud800"`),
		"the other half":             replaced(`"joe"`, `"joe\udc00"`),
		"halves the wrong way round": replaced(`"joe"`, `"joe\udc00\ud800"`),
		"no UTF-8":                   replaced(`"joe"`, "\"joe\xff\""),
		"overlong UTF-8":             replaced(`"joe"`, "\"jo\xc1\xa5\""),
		"a byte order mark":          payload("\ufeff" + string(claims)),
		"UTF-16":                     payload("\x00{\x00}"),
		"a comma too many":           payload(strings.TrimSuffix(string(claims), "}") + ",}"),
		"two objects":                payload(string(claims) + string(claims)),
		"a comment":                  payload(string(claims) + "//"),
		"single quotes":              payload(strings.ReplaceAll(string(claims), `"`, `'`)),
		"in an array":                payload("[" + string(claims) + "]"),
		"in a text":                  payload(inQuotes(string(claims))),
		"null":                       payload("null"),
		"nothing":                    payload(""),
		"deep":                       with(`"x":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000)),
		"big":                        with(`"x":"` + strings.Repeat("x", 8<<10) + `"`),

		// RFC 7519 §2: numbers
		"exp of 1e309":          exp("1e309"),
		"exp of 1e18":           exp("1e18"),
		"exp of 2^63":           exp("9223372036854775808"),
		"exp of 2^64 and a bit": exp("18446744073709551617"),
		"exp of -1":             exp("-1"),
		"exp of -0":             exp("-0"),
		"exp of NaN":            exp("NaN"),
		"exp of Infinity":       exp("Infinity"),
		"exp of many digits":    exp("1" + strings.Repeat("0", 400)),
		"exp in hexadecimal":    exp("0x7fffffff"),
		"exp with a zero first": exp("017"),
		"exp of null":           exp("null"),
		"exp in an array":       exp("[9999999999]"),
		"exp in an object":      exp(`{"$numberLong":"9999999999"}`),

		// RFC 7515 §2, §7.1: the form
		"padding":                     join(parts[0], parts[1]+"=", parts[2]),
		"padding of the signature":    valid + "==",
		"white space before":          " " + valid,
		"white space after":           valid + "\n",
		"a line break inside":         join(parts[0], parts[1][:9]+"\r\n"+parts[1][9:], parts[2]),
		"Bearer":                      "Bearer " + valid,
		"in quotes":                   `"` + valid + `"`,
		"base64, not base64url":       join(parts[0], parts[1], strings.NewReplacer("-", "+", "_", "/").Replace(authtest.Encode(issuer.signer.Sign([]byte("x"))))),
		"a fourth part":               valid + ".",
		"a part before":               "." + valid,
		"in JSON, flattened":          authtest.Flattened(valid),
		"detached":                    join(parts[0], "", parts[2]),
		"nothing at all":              "",
		"dots":                        "..",
		"a token in a token":          payload(inQuotes(valid)),
		"spare bits in the last sign": spareBits(valid),
	}
	if issuer.signer.Algorithm == "ES256" {
		n := elliptic.P256().Params().N
		zero, one, r := new(big.Int), big.NewInt(1), new(big.Int).SetBytes(signature[:32])
		s := new(big.Int).SetBytes(signature[32:])
		for name, rs := range map[string][2]*big.Int{
			"r and s zero": {zero, zero}, "r zero": {zero, s}, "s zero": {r, zero}, "r and s one": {one, one},
			"r of n": {n, s}, "s of n": {r, n}, "r and s of n": {n, n}, "CVE-2022-21449": {zero, n},
		} {
			b := make([]byte, 64)
			rs[0].FillBytes(b[:32])
			rs[1].FillBytes(b[32:])
			f[name] = signed(b)
		}
	}
	if issuer.signer.Algorithm != "HS256" {
		f["a kid of SQL"] = header("kid", "' OR 1=1 --")
		f["a kid of a path"] = header("kid", "../../../../dev/null")
		for name, secret := range publicForms(t, issuer.signer.JWK()) { // §2.1: what is public as a shared secret
			f["HS256 with "+name] = issuer.assert(authtest.Header("alg", "HS256"), authtest.SignedWith(authtest.HMAC(secret)))
		}
		for other, stranger := range strangers { // of this kind of key and another, with the kid of this one
			f[other+" by somebody else"] = stranger.Assert(issuer.site, issuer.tenant, authtest.Header("kid", issuer.signer.KeyID))
		}
	} else {
		f["HS256 with an empty secret"] = issuer.assert(authtest.SignedWith(authtest.HMAC(nil)))
		f["HS256 with the tenant's key"] = issuer.assert(authtest.SignedWith(authtest.HMAC([]byte(issuer.tenant.Key))))
		f["HS384"] = header("alg", "HS384")
		f["HS512"] = header("alg", "HS512")
	}
	if issuer.signer.Algorithm == "RS256" { // one key, one algorithm: §3.1
		f["PS256 with the key for RS256"] = header("alg", "PS256")
	}
	return f
}

// selfSigned returns an assertion with the key that verifies it in its header.
func selfSigned(issuer *issuer, name string, edits ...func(*authtest.Proof)) string {
	evil := authtest.NewSigner("ES256")
	edits = append(edits, authtest.Header(name, evil.JWK()))
	return evil.Assert(issuer.site, issuer.tenant, edits...)
}

// publicForms returns a public key in the forms that other implementations have used as an HMAC secret.
func publicForms(t *testing.T, jwk map[string]any) map[string][]byte {
	t.Helper()
	b, err := json.Marshal(jwk)
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string][]byte{"the JWK": b}
	number := func(name string) *big.Int {
		b, err := base64.RawURLEncoding.DecodeString(jwk[name].(string))
		if err != nil {
			t.Fatal(err)
		}
		forms["its "+name] = b
		return new(big.Int).SetBytes(b)
	}
	var public any
	switch jwk["kty"] {
	case "RSA":
		public = &rsa.PublicKey{N: number("n"), E: int(number("e").Int64())}
	case "EC":
		point := append([]byte{4}, append(number("x").FillBytes(make([]byte, 32)), number("y").FillBytes(make([]byte, 32))...)...)
		if public, err = ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point); err != nil {
			t.Fatal(err)
		}
	default:
		number("x")
		return forms
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	forms["the key in DER"] = der
	forms["the key in PEM"] = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	forms["the key in PEM, trimmed"] = []byte(strings.TrimSpace(string(forms["the key in PEM"])))
	return forms
}

func flip(b []byte, bit int) []byte {
	b = append([]byte{}, b...)
	b[bit/8] ^= 0x80 >> (bit % 8)
	return b
}

// inDER returns an ECDSA signature in DER, as in X.509.
func inDER(t *testing.T, signature []byte) []byte {
	t.Helper()
	half := len(signature) / 2
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func inQuotes(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// spareBits changes the unused bits of the last character. A reader that is not strict decodes the same
// bytes.
func spareBits(valid string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, valid[len(valid)-1])
	return valid[:len(valid)-1] + string(alphabet[last^1])
}
