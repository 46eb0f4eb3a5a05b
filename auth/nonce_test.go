package auth_test

import (
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
)

// RFC 9449 §4.3 (11), §8, §9: a client's clock may differ by a minute. A client with a greater difference
// gets a nonce, and its proofs with the nonce are accepted.
func TestClientClockDifference(t *testing.T) {
	site := authtest.New(t)
	site.Clock.Stop()
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.SignUp(t)
	iat := func(off time.Duration) func(*authtest.Proof) {
		return authtest.Claim("iat", site.Clock.Now().Add(off).Unix())
	}
	for _, e := range endpoints(alice) {
		for _, off := range []time.Duration{0, -59 * time.Second, 59 * time.Second, -time.Minute, time.Minute} {
			t.Run(e.name+" is "+off.String()+" off", func(t *testing.T) {
				e.send(t, authtest.WithProof(iat(off))).Must(t, e.accepted)
			})
		}
		for _, off := range []time.Duration{-61 * time.Second, 61 * time.Second, -24 * time.Hour, 24 * time.Hour, -1 << 62} {
			t.Run(e.name+" is "+off.String()+" off", func(t *testing.T) {
				answer := e.send(t, authtest.WithProof(iat(off)))
				answer.Refused(t, e.refused, "use_dpop_nonce")
				nonce := answer.Header.Get("DPoP-Nonce")
				if len(nonce) < 16 {
					t.Fatalf("DPoP-Nonce %q", nonce)
				}
				for range 2 { // a nonce may be used more than once
					e.send(t, authtest.WithProof(iat(off), authtest.Claim("nonce", nonce))).Must(t, e.accepted)
				}
			})
		}
	}
}

// RFC 9449 §4.3 (10): only our own nonces are accepted, for a limited time. The answer to an invalid one
// has a valid one, even if the proof's iat is right.
func TestANonceIsRefused(t *testing.T) {
	site, elsewhere := authtest.New(t), authtest.New(t)
	site.Clock.Stop()
	shop := site.Tenant(t, "Shop")
	alice := site.Visitor(t, shop)
	alice.SignUp(t)
	late := authtest.WithProof(authtest.Claim("iat", 1))
	ask := func(of *authtest.Site, who *authtest.Visitor) string {
		t.Helper()
		at := *who
		at.Site = of
		return at.Push(t, authtest.WithKey(who.Key), late).Header.Get("DPoP-Nonce")
	}
	nonce := ask(site, alice)
	foreign := ask(elsewhere, elsewhere.Visitor(t, elsewhere.Tenant(t, "Shop")))
	for _, e := range endpoints(alice) {
		for name, nonce := range map[string]string{
			"made up":               "nonce",
			"another service's":     foreign,
			"truncated":             nonce[:len(nonce)-1],
			"with more to it":       nonce + "A",
			"with another time":     "AAAAAHA" + nonce[7:],
			"with another MAC":      nonce[:len(nonce)-4] + "AAAA",
			"in another alphabet":   nonce[:len(nonce)-2] + "+/",
			"of the wrong encoding": nonce + "==",
		} {
			t.Run(e.name+" "+name, func(t *testing.T) {
				answer := e.send(t, authtest.WithProof(authtest.Claim("nonce", nonce)))
				answer.Refused(t, e.refused, "use_dpop_nonce")
				if answer.Header.Get("DPoP-Nonce") == "" {
					t.Error("and no nonce to go on with")
				}
			})
		}
	}

	t.Run("any node's is good on every node", func(t *testing.T) {
		at := *alice
		at.Site = site.Node(t)
		whoami(t, &at, late, authtest.WithProof(authtest.Claim("nonce", nonce))).Must(t, 200)
	})
	t.Run("for two minutes", func(t *testing.T) {
		site.Clock.Advance(2 * time.Minute)
		whoami(t, alice, late, authtest.WithProof(authtest.Claim("nonce", nonce))).Must(t, 200)
		site.Clock.Advance(time.Second)
		for _, e := range endpoints(alice) {
			e.send(t, late, authtest.WithProof(authtest.Claim("nonce", nonce))).Refused(t, e.refused, "use_dpop_nonce")
		}
	})
}
