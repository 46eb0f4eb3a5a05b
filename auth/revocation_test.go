package auth_test

import (
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
)

// RFC 7009 §2.1: a revoked token is refused on all nodes. Its account session ends too, so that the next
// person at this computer can't continue.
func TestSigningOut(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.SignUp(t)
	elsewhere := *alice
	elsewhere.Site = site.Node(t)
	whoami(t, &elsewhere).Must(t, 200)

	if answer := alice.Revoke(t).Must(t, 200); answer.Body != "" || answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the answer is %q, Cache-Control %q", answer.Body, answer.Header.Get("Cache-Control"))
	}
	whoami(t, alice).Refused(t, 401, "invalid_token")
	whoami(t, &elsewhere).Refused(t, 401, "invalid_token")
	if got := displayName(t, alice); got != "" {
		t.Errorf("the account session is still that of %q", got)
	}
	if i := alice.Interaction(t); i.DisplayName != "" {
		t.Errorf("the popup still offers to continue as %q", i.DisplayName)
	}
}

// Other people, and the same person in another browser, stay signed in.
func TestSigningOutEndsNobodyElsesSession(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	alice, bob := site.Visitor(t, shop), site.Visitor(t, shop)
	alice.SignUp(t)
	bob.SignUp(t)
	phone := site.Visitor(t, shop)
	phone.Authenticator = alice.Authenticator
	phone.Login(t).Must(t, 200)
	phone.SignUp(t)
	alice.Revoke(t).Must(t, 200)
	whoami(t, bob).Must(t, 200)
	whoami(t, phone).Must(t, 200)
	if displayName(t, bob) == "" || displayName(t, phone) == "" {
		t.Error("an account session ended that did not grant the revoked token")
	}
}

func TestInvalidRevocations(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	token := alice.SignUp(t)
	for _, test := range []struct {
		name   string
		edits  []func(*authtest.Call)
		status int
		code   string
	}{
		{"an unknown token (RFC 7009 §2.2: no error)", edits(param("token", "unknown")), 200, ""},
		{"a part of one", edits(param("token", token[:len(token)-1])), 200, ""},
		{"a token under a wrong hint (§2.1: the hint is ignored)", edits(param("token", "unknown"), param("token_type_hint", "refresh_token")), 200, ""},
		{"none", edits(param("token")), 400, "invalid_request"},
		{"two", edits(param("token", token, token)), 400, "invalid_request"},
		{"one in the query", edits(param("token"), func(c *authtest.Call) { c.URL += "?token=" + token }), 400, "invalid_request"},
		{"with a secret", edits(param("client_secret", "x")), 401, "invalid_client"},
		{"with a Bearer token", edits(header("Authorization", "Bearer "+token)), 401, "invalid_client"},
		{"as JSON", edits(contentType("application/json")), 400, "invalid_request"},
	} {
		t.Run(test.name, func(t *testing.T) {
			alice.Revoke(t, test.edits...).Refused(t, test.status, test.code)
			whoami(t, alice).Must(t, 200)
		})
	}
}

// Signing out twice is not an error.
func TestSigningOutTwice(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.SignUp(t)
	alice.Revoke(t).Must(t, 200)
	alice.Revoke(t).Must(t, 200)
}

// When a node ends a session, it removes the session from its cache.
func TestEndedSessionsLeaveTheNodesCache(t *testing.T) {
	site := authtest.Start(t, authtest.Options{SessionCache: time.Hour})
	shop := site.Tenant(t, "Shop")
	for name, end := range map[string]func(t *testing.T, v *authtest.Visitor, code string){
		"signing out": func(t *testing.T, v *authtest.Visitor, _ string) { v.Revoke(t).Must(t, 200) },
		"a code used again": func(t *testing.T, v *authtest.Visitor, code string) {
			v.Redeem(t, code).Refused(t, 400, "invalid_grant")
		},
	} {
		t.Run(name, func(t *testing.T) {
			alice := site.Visitor(t, shop)
			code := alice.Code(t)
			alice.Redeem(t, code).Must(t, 200)
			whoami(t, alice).Must(t, 200)
			end(t, alice, code)
			whoami(t, alice).Refused(t, 401, "invalid_token")
		})
	}
}
