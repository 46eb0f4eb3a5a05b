package auth_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// A provedEndpoint is an endpoint that requires proofs, with its statuses for an accepted and a refused proof.
type provedEndpoint struct {
	name     string
	url      string
	refused  int
	accepted int
	send     func(t *testing.T, edits ...func(*authtest.Call)) *authtest.Answer
}

// endpoints returns the three endpoints, with requests of a visitor with a session.
func endpoints(v *authtest.Visitor) []provedEndpoint {
	site := v.Site
	return []provedEndpoint{
		{"par", site.FrameOrigin + "/oauth/par", 400, 201, func(t *testing.T, edits ...func(*authtest.Call)) *authtest.Answer {
			return v.Push(t, append([]func(*authtest.Call){authtest.WithKey(v.Key), param("dpop_jkt")}, edits...)...)
		}},
		{"token", site.FrameOrigin + "/oauth/token", 400, 200, func(t *testing.T, edits ...func(*authtest.Call)) *authtest.Answer {
			use := *v // a copy, which does not change alice's token
			return use.Redeem(t, v.Code(t), edits...)
		}},
		{"graphql", site.FrameOrigin + "/graphql", 401, 200, func(t *testing.T, edits ...func(*authtest.Call)) *authtest.Answer {
			return whoami(t, v, edits...)
		}},
	}
}

// RFC 9449 §4.3: proofs that fail one check each, by its number.
func TestAProofIsRefused(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.SignUp(t)
	claim, head := authtest.Claim, authtest.Header
	mallory := authtest.NewKey()
	for _, e := range endpoints(alice) {
		compact := func(edit func(proof string) string) []func(*authtest.Call) {
			return edits(func(c *authtest.Call) {
				_, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
				c.Header.Set("DPoP", edit(alice.Key.Proof(c.Method, c.URL, token)))
			})
		}
		proving := func(e ...func(*authtest.Proof)) []func(*authtest.Call) { return edits(authtest.WithProof(e...)) }
		for _, test := range []struct {
			name  string
			edits []func(*authtest.Call)
		}{
			{"(1) two DPoP headers", edits(func(c *authtest.Call) {
				_, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
				c.Header["Dpop"] = []string{alice.Key.Proof(c.Method, c.URL, token), alice.Key.Proof(c.Method, c.URL, token)}
			})},
			{"(1) two proofs in one header", compact(func(s string) string { return s + ", " + s })},
			{"(2) not a JWT", compact(func(string) string { return "proof" })},
			{"(2) two parts", compact(func(s string) string { return s[:strings.LastIndex(s, ".")] })},
			{"(2) four parts", compact(func(s string) string { return s + ".x" })},
			{"(2) the JSON serialization", compact(authtest.Flattened)},
			{"(2) a header that isn't JSON", compact(func(s string) string { return "!!" + s })},
			{"(2) claims that aren't an object", proving(authtest.Payload(`["jti"]`))},
			{"(2) claims that are null", proving(authtest.Payload(`null`))},
			{"(2) enormous", proving(claim("padding", strings.Repeat("x", 8<<10)))},
			{"(3) jti missing", proving(claim("jti", nil))},
			{"(3) jti empty", proving(claim("jti", ""))},
			{"(3) jti a number", proving(claim("jti", 7))},
			{"(3) jti without bounds", proving(claim("jti", strings.Repeat("j", 257)))},
			{"(3) htm missing", proving(claim("htm", nil))},
			{"(3) htu missing", proving(claim("htu", nil))},
			{"(3) iat missing", proving(claim("iat", nil))},
			{"(3) iat a string", proving(claim("iat", "1700000000"))},
			{"(4) typ missing", proving(head("typ", nil))},
			{"(4) typ JWT", proving(head("typ", "JWT"))},
			{"(5) alg missing", proving(head("alg", nil))},
			{"(5) alg none", proving(head("alg", "none"), authtest.SignedWith(func([]byte) []byte { return nil }))},
			{"(5) alg none, signed all the same", proving(head("alg", "none"))},
			{"(5) alg HS256 with a symmetric jwk", proving(head("alg", "HS256"), head("jwk", map[string]any{"kty": "oct", "k": "c2VjcmV0"}), authtest.SignedWith(authtest.HMAC([]byte("secret"))))},
			{"(5) alg HS256 with the public key as the secret", proving(head("alg", "HS256"), authtest.SignedWith(authtest.HMAC(publicJSON(alice.Key))))},
			{"(5) alg RS256", proving(rs256(t))},
			{"(5) alg ES384", proving(es384(t))},
			{"(5) alg EdDSA", proving(eddsa(t))},
			{"(5) alg of another than the key", proving(head("alg", "ES512"))},
			{"(6) signed by another key", proving(authtest.SignedWith(mallory.Sign))},
			{"(6) another key in jwk", proving(head("jwk", mallory.JWK()))},
			{"(6) a signature of something else", proving(authtest.SignedWith(func([]byte) []byte { return alice.Key.Sign([]byte("something else")) }))},
			{"(6) a signature cut short", proving(authtest.SignedWith(func(b []byte) []byte { return alice.Key.Sign(b)[:63] }))},
			{"(6) no signature", proving(authtest.SignedWith(func([]byte) []byte { return nil }))},
			{"(6) a signature of zeros", proving(authtest.SignedWith(func([]byte) []byte { return make([]byte, 64) }))},
			{"(6) no jwk", proving(head("jwk", nil))},
			{"(6) a kid instead of a jwk", proving(head("jwk", nil), head("kid", alice.Key.Thumbprint()))},
			{"(6) a jwk that isn't a key", proving(head("jwk", "key"))},
			{"(6) a jwk beside the curve", proving(head("jwk", map[string]any{"kty": "EC", "crv": "P-256", "x": alice.Key.JWK()["x"], "y": alice.Key.JWK()["x"]}))},
			{"(7) a private jwk", proving(head("jwk", alice.Key.PrivateJWK()))},
			{"(8) htm of another method", proving(claim("htm", "GET"))},
			{"(8) htm in lower case (RFC 9110 §9.1)", proving(claim("htm", "post"))},
			{"(9) htu of another host", proving(claim("htu", strings.Replace(e.url, "aside-frame", "evil", 1)))},
			{"(9) htu of the account origin", proving(claim("htu", strings.Replace(e.url, site.FrameOrigin, site.AccountOrigin, 1)))},
			{"(9) htu of another port", proving(claim("htu", strings.Replace(e.url, site.FrameOrigin, "http://aside-frame.localhost:1", 1)))},
			{"(9) htu of another scheme", proving(claim("htu", strings.Replace(e.url, "http:", "https:", 1)))},
			{"(9) htu of another path", proving(claim("htu", e.url+"/x"))},
			{"(9) htu with a trailing slash", proving(claim("htu", e.url+"/"))},
			{"(9) htu in another case", proving(claim("htu", strings.ToUpper(e.url)))},
			{"(9) htu with userinfo", proving(claim("htu", strings.Replace(e.url, "http://", "http://evil.example@", 1)))},
			{"(9) htu a path alone", proving(claim("htu", strings.TrimPrefix(e.url, site.FrameOrigin)))},
			{"(9) htu an origin alone", proving(claim("htu", site.FrameOrigin))},
			{"crit (RFC 7515 §4.1.11)", proving(head("crit", []string{"exp"}), head("exp", 1))},
			{"crit, for what is not even there", proving(head("crit", []string{"b64"}), head("b64", true))},
		} {
			t.Run(e.name+" "+test.name, func(t *testing.T) {
				e.send(t, test.edits...).Refused(t, e.refused, "invalid_dpop_proof")
			})
		}
		for name, edits := range map[string][]func(*authtest.Call){
			"(9) htu with a query":                proving(claim("htu", e.url+"?a=b")),
			"(9) htu with a fragment":             proving(claim("htu", e.url+"#top")),
			"(9) htu with an upper-case host":     proving(claim("htu", strings.Replace(e.url, "aside-frame", "Aside-FRAME", 1))), // RFC 3986 §6.2.2.1
			"a jwk with all that is private null": proving(head("jwk", map[string]any{"kty": "EC", "crv": "P-256", "x": alice.Key.JWK()["x"], "y": alice.Key.JWK()["y"], "d": nil})),
			"crit of null":                        proving(head("crit", json.RawMessage("null"))),
			"a claim that nobody knows":           proving(claim("x", 1)),
			"the request has a query":             {func(c *authtest.Call) { c.URL += "?a=b" }, authtest.WithProof(claim("htu", e.url))},
		} {
			t.Run(e.name+" "+name, func(t *testing.T) { e.send(t, edits...).Must(t, e.accepted) })
		}
	}
}

// RFC 9449 §4.3 (12) and §7.1: ath is the token's hash, and the token is bound to the key.
func TestProofForOtherTokenIsRefused(t *testing.T) {
	site := shared(t)
	alice, bob := site.Visitor(t, site.Tenant(t, "Shop")), site.Visitor(t, site.Tenant(t, "Paper"))
	alice.SignUp(t)
	bob.SignUp(t)
	for name, ath := range map[string]any{
		"missing": nil, "empty": "", "another token's": authtest.Digest(bob.Token), "the token itself": alice.Token, "padded": authtest.Digest(alice.Token) + "=",
	} {
		t.Run("ath "+name, func(t *testing.T) {
			whoami(t, alice, authtest.WithProof(authtest.Claim("ath", ath))).Refused(t, 401, "invalid_dpop_proof")
		})
	}
	t.Run("another key", func(t *testing.T) {
		whoami(t, alice, authtest.WithKey(bob.Key)).Refused(t, 401, "invalid_token")
	})
}

// The proof's URL is compared with the configured origin, not with the Host header or a forwarding
// header, which a client chooses (CVE-2025-64101).
func TestProofForOtherOriginIsRefused(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.SignUp(t)
	whoami(t, alice,
		header("X-Forwarded-Host", "evil.example"), header("Forwarded", "host=evil.example;proto=https"), header("X-Forwarded-Proto", "https"),
		authtest.WithProof(authtest.Claim("htu", "https://evil.example/graphql"))).Refused(t, 401, "invalid_dpop_proof")
}
