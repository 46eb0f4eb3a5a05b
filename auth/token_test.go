package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
)

func TestATokenIsRefused(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	alice, bob := site.Visitor(t, shop), site.Visitor(t, shop)
	token, bobs := alice.SignUp(t), bob.SignUp(t)
	authorization := func(values ...string) func(*authtest.Call) { return header("Authorization", values...) }
	cookie := header("Cookie", "__Host-aside="+alice.Cookies["__Host-aside"].Value)
	for _, test := range []struct {
		name  string
		edits []func(*authtest.Call)
		code  string
	}{
		{"truncated", edits(authorization("DPoP " + token[:len(token)-1])), "invalid_token"}, // CVE-2026-27840
		{"cut in half", edits(authorization("DPoP " + token[:len(token)/2])), "invalid_token"},
		{"with more to it", edits(authorization("DPoP " + token + "A")), "invalid_token"},
		{"in another case", edits(authorization("DPoP " + strings.ToUpper(token))), "invalid_token"},
		{"made up", edits(authorization("DPoP " + authtest.NewKey().Thumbprint())), "invalid_token"},
		{"empty", edits(authorization("DPoP ")), "invalid_token"},
		{"enormous", edits(authorization("DPoP " + strings.Repeat("A", 4096))), "invalid_token"},
		{"as Bearer, with a proof (RFC 9449 §7.2)", edits(authorization("Bearer " + token)), "invalid_token"},
		{"as Bearer, without one", edits(authorization("Bearer "+token), authtest.WithKey(nil)), "invalid_token"},
		{"as Basic", edits(authorization("Basic " + token)), "invalid_token"},
		{"without a scheme", edits(authorization(token)), "invalid_token"},
		{"without a proof (RFC 9449 §7.1)", edits(authtest.WithKey(nil)), "invalid_dpop_proof"},
		{"a proof without a token", edits(authorization(), authtest.WithKey(alice.Key)), "invalid_token"},
		{"with another's key", edits(authtest.WithKey(bob.Key)), "invalid_token"},
		{"another's, with one's own key", edits(authorization("DPoP " + bobs)), "invalid_token"},
		{"two Authorization headers", edits(authorization("DPoP "+token, "DPoP "+bobs), claimATH(token)), "invalid_request"},
		{"the same Authorization header twice", edits(authorization("DPoP "+token, "DPoP "+token)), "invalid_request"},
		{"with the account cookie besides", edits(cookie), "invalid_request"},
		{"the account cookie alone", edits(cookie, authorization(), authtest.WithKey(nil)), "invalid_request"},
		{"the account session's id as a token", edits(authorization("DPoP " + alice.Cookies["__Host-aside"].Value)), "invalid_token"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := whoami(t, alice, test.edits...)
			answer.Refused(t, 401, test.code)
			if got := answer.Header.Get("WWW-Authenticate"); !strings.HasPrefix(got, "DPoP ") || !strings.Contains(got, `algs="ES256"`) {
				t.Errorf("WWW-Authenticate %q", got) // RFC 9449 §7.1
			}
		})
	}
	whoami(t, alice).Must(t, 200)
	whoami(t, alice, authorization("dpop "+token)).Must(t, 200) // RFC 9110 §11.1: schemes have no case
}

// RFC 9700 §4.3.2: a token in the URL (RFC 6750 §2.3) does not count.
func TestTokenInTheQueryIsIgnored(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	token := alice.SignUp(t)
	answer := whoami(t, alice, header("Authorization"), authtest.WithKey(nil), func(c *authtest.Call) { c.URL += "?access_token=" + token }).Must(t, 200)
	if got := strings.TrimSpace(answer.Body); got != "null" {
		t.Errorf("the API sees %s", got)
	}
}

func TestEndedTokenIsRefused(t *testing.T) {
	site := authtest.Start(t, authtest.Options{SessionIdle: time.Hour, SessionLife: 3 * time.Hour})
	shop := site.Tenant(t, "Shop")
	for _, test := range []struct {
		name, update string
		alive        bool
	}{
		{"used 59 minutes ago", `last_used_at = now() - interval '59 minutes', idle_until = now() - interval '59 minutes' + idle_timeout`, true},
		{"idle for 61 minutes", `last_used_at = now() - interval '61 minutes', idle_until = now() - interval '61 minutes' + idle_timeout`, false},
		{"made almost three hours ago", `expires_at = expires_at - interval '179 minutes'`, true},
		{"made three hours ago", `expires_at = expires_at - interval '180 minutes'`, false},
		{"revoked", `revoked_at = now()`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			alice := site.Visitor(t, shop)
			alice.SignUp(t)
			site.Exec(t, `UPDATE sessions SET `+test.update+` WHERE kind = 'WIDGET'`)
			if answer := whoami(t, alice); test.alive {
				answer.Must(t, 200)
			} else {
				answer.Refused(t, 401, "invalid_token")
			}
		})
	}
}

// A session stays live while it is used, up to its lifetime.
func TestUseKeepsASessionAlive(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.SignUp(t)
	for range 3 {
		site.Exec(t, `UPDATE sessions SET last_used_at = last_used_at - interval '119 minutes', idle_until = last_used_at - interval '119 minutes' + idle_timeout`)
		whoami(t, alice).Must(t, 200)
	}
	site.Exec(t, `UPDATE sessions SET expires_at = now()`)
	whoami(t, alice).Refused(t, 401, "invalid_token")
}

// The account origin's API accepts no access token, and the frame origin's no cookie.
func TestEachOriginHasItsOwnKindOfCredential(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.SignUp(t)
	var who authtest.Identity
	alice.Account(t, "{ viewer { id } }").Must(t, 200).JSON(t, &who)
	if who.Kind != "ACCOUNT" || who.Tenant != "" {
		t.Errorf("the account origin sees %+v", who)
	}
	toAccount := func(c *authtest.Call) { c.URL = strings.Replace(c.URL, site.FrameOrigin, site.AccountOrigin, 1) }
	whoami(t, alice, toAccount).Refused(t, 401, "invalid_token")
	whoami(t, alice, toAccount, authtest.WithProof(authtest.Claim("htu", site.FrameOrigin+"/graphql"))).Refused(t, 401, "invalid_token")
	alice.Account(t, "{ viewer { id } }", header("Authorization", "DPoP "+alice.Token)).Refused(t, 401, "invalid_request")
	alice.Account(t, "{ viewer { id } }", authtest.WithKey(alice.Key)).Refused(t, 401, "invalid_request")
}

// claimATH sets the proof's ath for a token.
func claimATH(token string) func(*authtest.Call) {
	return authtest.WithProof(authtest.Claim("ath", authtest.Digest(token)))
}
