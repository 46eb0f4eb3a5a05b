package auth_test

import (
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
)

// RFC 9449 §11.1: a proof is accepted once.
func TestProofIsAcceptedOnce(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.SignUp(t)
	for _, e := range endpoints(alice) {
		t.Run(e.name, func(t *testing.T) {
			jti := authtest.WithProof(authtest.Claim("jti", "once at "+e.name))
			e.send(t, jti).Must(t, e.accepted)
			e.send(t, jti).Refused(t, e.refused, "invalid_dpop_proof")
		})
	}
	t.Run("a refused attempt spends its proof, too", func(t *testing.T) {
		jti := authtest.WithProof(authtest.Claim("jti", "spent on a wrong code"))
		code := alice.Code(t)
		alice.Redeem(t, "wrong", jti).Refused(t, 400, "invalid_grant")
		alice.Redeem(t, code, jti).Refused(t, 400, "invalid_dpop_proof")
		alice.Redeem(t, code).Must(t, 200)
	})
	t.Run("another key may use the same jti", func(t *testing.T) {
		bob := site.Visitor(t, alice.Tenant)
		bob.SignUp(t)
		jti := authtest.WithProof(authtest.Claim("jti", "shared"))
		whoami(t, alice, jti).Must(t, 200)
		whoami(t, bob, jti).Must(t, 200)
	})
}

// A proof of a request that changes something is accepted once on all nodes.
func TestProofIsAcceptedOnceAcrossNodes(t *testing.T) {
	site := shared(t)
	second := site.Node(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.SignUp(t)
	there := *alice
	there.Site = second
	mutate := func(t *testing.T, v *authtest.Visitor, jti string) *authtest.Answer {
		return v.GraphQL(t, "mutation { trashNote(id: 1) { note { id } } }", nil, authtest.WithProof(authtest.Claim("jti", jti)))
	}
	t.Run("a mutation", func(t *testing.T) {
		mutate(t, alice, "one").Must(t, 200)
		mutate(t, &there, "one").Must(t, 409)
		mutate(t, &there, "two").Must(t, 200)
		mutate(t, alice, "two").Must(t, 409)
	})
	t.Run("a mutation, sent to both at once", func(t *testing.T) {
		nodes := []*authtest.Visitor{alice, &there}
		statuses := authtest.InParallel(8, func(i int) int { return mutate(t, nodes[i%2], "three").Status })
		if statuses[200] != 1 {
			t.Errorf("eight at once: %v", statuses)
		}
	})
	t.Run("the token endpoint", func(t *testing.T) {
		jti := authtest.WithProof(authtest.Claim("jti", "four"))
		alice.Redeem(t, "wrong", jti).Refused(t, 400, "invalid_grant")
		there.Redeem(t, "wrong", jti).Refused(t, 400, "invalid_dpop_proof")
	})
	t.Run("the push", func(t *testing.T) {
		jti := authtest.WithProof(authtest.Claim("jti", "five"))
		alice.Push(t, authtest.WithKey(alice.Key), jti).Must(t, 201)
		there.Push(t, authtest.WithKey(alice.Key), jti).Refused(t, 400, "invalid_dpop_proof")
	})
	t.Run("after the database swept what nobody could use any more", func(t *testing.T) {
		if err := site.DB.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		third := *alice // a node that has just started
		third.Site = site.Node(t)
		mutate(t, &third, "one").Must(t, 409)
	})
}

// A node remembers a query's proof for as long as it could accept it again: two minutes, for a client with
// a clock that is one minute ahead.
func TestUsedProofIsRememberedUntilItExpires(t *testing.T) {
	site := authtest.New(t)
	site.Clock.Stop()
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.SignUp(t)
	for _, pause := range []time.Duration{0, 61 * time.Second, 100 * time.Second} { // at different ages of the newest generation
		site.Clock.Advance(2*time.Minute + time.Second)
		whoami(t, alice).Must(t, 200) // starts a generation
		site.Clock.Advance(pause)
		proof := authtest.WithProof(authtest.Claim("iat", site.Clock.Now().Add(time.Minute).Unix()), authtest.Claim("jti", "remembered "+pause.String()))
		whoami(t, alice, proof).Must(t, 200)
		for range 4 {
			site.Clock.Advance(30 * time.Second)
			whoami(t, alice).Must(t, 200) // other requests follow
			whoami(t, alice, proof).Refused(t, 401, "invalid_dpop_proof")
		}
		site.Clock.Advance(time.Second)
		whoami(t, alice, proof).Refused(t, 401, "use_dpop_nonce")
	}
}
