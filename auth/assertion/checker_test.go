package assertion_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

var algorithms = []string{"ES256", "EdDSA", "RS256", "PS256", "HS256"}

// An issuer is a tenant that signs assertions with one key.
type issuer struct {
	site   *authtest.Site
	tenant *db.Tenant
	signer *authtest.Signer
}

// newIssuer makes a tenant with one key of an algorithm.
func newIssuer(t testing.TB, site *authtest.Site, algorithm string) *issuer {
	t.Helper()
	issuer := &issuer{site: site, tenant: site.Tenant(t, "Shop"), signer: authtest.NewSigner(algorithm)}
	issuer.signer.AddTo(t, site, issuer.tenant)
	return issuer
}

// assert returns an edited assertion. Without edits it is valid.
func (issuer *issuer) assert(edits ...func(*authtest.Proof)) string {
	return issuer.signer.Assert(issuer.site, issuer.tenant, edits...)
}

// accepted fails the test unless an assertion is valid, and returns its subject.
func (issuer *issuer) accepted(t testing.TB, assertion string) *db.Subject {
	t.Helper()
	r, err := issuer.site.Auth.Assertions().Test(t.Context(), issuer.tenant, assertion)
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() || r.Subject == nil {
		t.Fatalf("refused: %s", r.Reason())
	}
	return r.Subject
}

// refused fails the test unless an assertion is refused with a code, and returns the reason.
func (issuer *issuer) refused(t testing.TB, assertion, code string) string {
	t.Helper()
	r, err := issuer.site.Auth.Assertions().Test(t.Context(), issuer.tenant, assertion)
	if err != nil {
		t.Fatal(err)
	}
	if r.OK() || r.Subject != nil {
		t.Fatalf("accepted: %s", assertion)
	}
	if r.Code != code {
		t.Errorf("refused with %s, want %s", r.Reason(), code)
	}
	return r.Reason()
}

func TestValidAssertion(t *testing.T) {
	site := shared(t)
	for _, algorithm := range algorithms {
		t.Run(algorithm, func(t *testing.T) {
			issuer := newIssuer(t, site, algorithm)
			subject := issuer.accepted(t, issuer.assert())
			if want := (db.Subject{ID: "joe", Email: "joe@shop.example", Name: "Joe"}); *subject != want {
				t.Errorf("the subject is %+v", *subject)
			}
		})
	}
}

// Optional members may be missing, and some members may vary.
func TestAcceptedVariationsOfAssertions(t *testing.T) {
	issuer := newIssuer(t, shared(t), "ES256")
	now := issuer.site.Clock.Now().Unix()
	for name, edits := range map[string][]func(*authtest.Proof){
		"no e-mail, no name":               {authtest.Claim("email", nil), authtest.Claim("name", nil)},
		"an e-mail of null":                {func(p *authtest.Proof) { p.Claims["email"] = nil }},
		"no typ":                           {authtest.Header("typ", nil)},
		"typ as a whole media type":        {authtest.Header("typ", "application/jwt")},
		"no kid":                           {authtest.Header("kid", nil)},
		"a header that means nothing here": {authtest.Header("x5t#S256", "AAAA")},
		"a claim that means nothing here":  {authtest.Claim("role", []any{"admin", map[string]any{"sub": "eve"}})},
		"aud in an array":                  {authtest.Claim("aud", []string{issuer.site.AccountOrigin})},
		"fractions of seconds":             {authtest.Claim("iat", float64(now)+0.25), authtest.Claim("exp", float64(now)+60.75)},
		"five minutes":                     {authtest.Claim("exp", now+300)},
		"our clock is behind":              {authtest.Claim("iat", now+25), authtest.Claim("nbf", now+25), authtest.Claim("exp", now+55)},
		"our clock is ahead":               {authtest.Claim("iat", now-80), authtest.Claim("exp", now-20)},
		"a subject in another script":      {authtest.Claim("sub", "Джо-乔-👩🏽‍🚀")},
		"the longest subject":              {authtest.Claim("sub", strings.Repeat("é", 255))},
		"a nonce":                          {authtest.Claim("nonce", authtest.NewKey().Thumbprint())},
		"claims in capitals, besides":      {authtest.Claim("SUB", "eve"), authtest.Claim("Exp", 0)},
	} {
		t.Run(name, func(t *testing.T) { issuer.accepted(t, issuer.assert(edits...)) })
	}
}

// Each refusal has a code and tells the developer what to do.
func TestRefusalsNameTheReason(t *testing.T) {
	site := authtest.New(t)
	site.Clock.Stop()
	issuer := newIssuer(t, site, "ES256")
	now := site.Clock.Now().Unix()
	claim, header := authtest.Claim, authtest.Header
	expired := func(ago int64) func(*authtest.Proof) {
		return func(p *authtest.Proof) { p.Claims["iat"], p.Claims["exp"] = now-ago-60, now-ago }
	}
	set := func(name string, v any) func(*authtest.Proof) { return func(p *authtest.Proof) { p.Claims[name] = v } }
	for _, test := range []struct {
		name  string
		edit  func(*authtest.Proof)
		code  string
		want  string
		check string
	}{
		{"another issuer", claim("iss", "t_other"), "assertion_issuer", `iss is "t_other", not ` + issuer.tenant.Key, "issuer"},
		{"no issuer", claim("iss", nil), "assertion_issuer", "iss is missing", "issuer"},
		{"an issuer in an array", claim("iss", []string{issuer.tenant.Key}), "assertion_issuer", "not a string", "issuer"},
		{"no audience", claim("aud", nil), "assertion_audience", "aud is missing", "audience"},
		{"the frame's audience", claim("aud", site.FrameOrigin), "assertion_audience", "not " + site.AccountOrigin, "audience"},
		{"an audience with a slash", claim("aud", site.AccountOrigin+"/"), "assertion_audience", "not " + site.AccountOrigin, "audience"},
		{"two audiences", claim("aud", []string{site.AccountOrigin, "https://else.example"}), "assertion_audience", "not a string", "audience"},
		{"no audience in an array", claim("aud", []string{}), "assertion_audience", "not a string", "audience"},
		{"a nested audience", claim("aud", [][]string{{site.AccountOrigin}}), "assertion_audience", "not a string", "audience"},
		{"an audience in an object", claim("aud", map[string]any{"0": site.AccountOrigin}), "assertion_audience", "not a string", "audience"},
		{"no subject", claim("sub", nil), "assertion_subject", "sub is missing", "subject"},
		{"an empty subject", claim("sub", ""), "assertion_subject", "1 to 255", "subject"},
		{"a subject of null", set("sub", nil), "assertion_subject", "sub is not a string", "subject"},
		{"a number as subject", claim("sub", 42), "assertion_subject", "sub is not a string", "subject"},
		{"a subject in an array", claim("sub", []string{"joe"}), "assertion_subject", "sub is not a string", "subject"},
		{"a long subject", claim("sub", strings.Repeat("j", 256)), "assertion_subject", "1 to 255", "subject"},
		{"a subject with a NUL", claim("sub", "joe\x00"), "assertion_subject", "control characters", "subject"},
		{"a name that turns around", claim("name", "eoJ\u202e"), "assertion_subject", "name has control characters", "subject"},
		{"an e-mail with a line break", claim("email", "joe@shop.example\r\nBcc: eve"), "assertion_subject", "email has control characters", "subject"},
		{"an object as e-mail", claim("email", map[string]any{}), "assertion_subject", "email is not a string", "subject"},
		{"no iat", claim("iat", nil), "assertion_issued_at", "iat is missing", "issued_at"},
		{"iat to come", claim("iat", now+42), "assertion_issued_at", "iat is in 42 s by our clock", "issued_at"},
		{"a text as iat", claim("iat", fmt.Sprint(now)), "assertion_issued_at", "not a number", "issued_at"},
		{"iat in milliseconds", claim("iat", now*1000), "assertion_issued_at", "not a number of seconds", "issued_at"},
		{"nbf to come", claim("nbf", now+42), "assertion_not_before", "nbf is in 42 s by our clock", "not_before"},
		{"no exp", claim("exp", nil), "assertion_expired", "exp is missing", "expiry"},
		{"exp in the past", expired(42), "assertion_expired", "exp was 42 s ago by our clock", "expiry"},
		{"exp at the end of the leeway", expired(30), "assertion_expired", "exp was 30 s ago by our clock", "expiry"},
		{"exp below zero", claim("exp", -1), "assertion_expired", "not a number", "expiry"},
		{"a text as exp", claim("exp", "never"), "assertion_expired", "not a number", "expiry"},
		{"true as exp", claim("exp", true), "assertion_expired", "not a number", "expiry"},
		{"a life of 301 s", claim("exp", now+301), "assertion_lifetime", "exp is 301 s after iat: 300 s at most", "lifetime"},
		{"a life of 0 s", claim("exp", now), "assertion_lifetime", "exp is not after iat", "lifetime"},
		{"no jti", claim("jti", nil), "assertion_jti", "use a new random id", "jti"},
		{"an empty jti", claim("jti", ""), "assertion_jti", "use a new random id", "jti"},
		{"a number as jti", claim("jti", 1), "assertion_jti", "use a new random id", "jti"},
		{"a long jti", claim("jti", strings.Repeat("j", 257)), "assertion_jti", "1 to 256 bytes", "jti"},
		{"a number as nonce", claim("nonce", 1), "assertion_nonce", "nonce is not the string", "nonce"},
		{"an empty nonce", claim("nonce", ""), "assertion_nonce", "nonce is not the string", "nonce"},
		{"another algorithm of ours", header("alg", "EdDSA"), "assertion_algorithm", "only for", "algorithm"},
		{"an unknown algorithm", header("alg", "ES999"), "assertion_algorithm", "supported are ES256, EdDSA", "algorithm"},
		{"another kid", header("kid", "other"), "assertion_key_unknown", "there is no key with the kid \"other\"; known are", "key"},
		{"another signature", authtest.SignedWith(authtest.NewKey().Sign), "assertion_signature", "the signature is invalid", "signature"},
		{"a typ of something else", header("typ", "dpop+jwt"), "assertion_malformed", "its typ is not JWT", "form"},
		{"a critical extension", header("crit", []string{"exp"}), "assertion_malformed", "none is supported", "form"},
		{"a key of its own", header("jwk", authtest.NewKey().JWK()), "assertion_malformed", "has a key (jwk)", "form"},
	} {
		t.Run(test.name, func(t *testing.T) {
			assertion := issuer.assert(test.edit)
			if reason := issuer.refused(t, assertion, test.code); !strings.Contains(reason, test.want) {
				t.Errorf("it says %q, not %q", reason, test.want)
			}
			r, err := site.Auth.Assertions().Test(t.Context(), issuer.tenant, assertion)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range r.Checks {
				if c.OK == (c.Name == test.check) {
					t.Errorf("the check %s: OK is %v: %s", c.Name, c.OK, c.Detail)
				}
			}
		})
	}
}

// A report lists all mistakes that can be found at once.
func TestAReportHasEveryCheck(t *testing.T) {
	issuer := newIssuer(t, shared(t), "ES256")
	names := func(assertion string) (passed, failed []string) {
		r, err := issuer.site.Auth.Assertions().Test(t.Context(), issuer.tenant, assertion)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Checks {
			if c.Detail == "" {
				t.Errorf("the check %s says nothing", c.Name)
			}
			if c.OK {
				passed = append(passed, c.Name)
			} else {
				failed = append(failed, c.Name)
			}
		}
		return passed, failed
	}
	const all = "[policy form algorithm key signature issuer audience subject issued_at expiry lifetime nonce jti]"
	if passed, failed := names(issuer.assert()); fmt.Sprint(passed) != all || failed != nil {
		t.Errorf("passed %v, failed %v", passed, failed)
	}
	wrong := issuer.assert(authtest.SignedWith(authtest.NewKey().Sign), authtest.Claim("iss", "t_other"), authtest.Claim("exp", 1), authtest.Claim("jti", nil))
	if _, failed := names(wrong); fmt.Sprint(failed) != "[signature issuer expiry lifetime jti]" {
		t.Errorf("failed %v", failed)
	}
}
