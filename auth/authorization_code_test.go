package auth_test

import (
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// RFC 6749 §4.1.2, RFC 9700 §2.1.1: a code is accepted once. Its second use ends the session of the first.
func TestACodeUsedTwiceRevokesItsToken(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	code := alice.Code(t)
	alice.Redeem(t, code).Must(t, 200)
	whoami(t, alice).Must(t, 200)
	alice.Redeem(t, code).Refused(t, 400, "invalid_grant")
	whoami(t, alice).Refused(t, 401, "invalid_token")
	alice.Redeem(t, code).Refused(t, 400, "invalid_grant")
}

// An attacker with a code but without its verifier or key can't use it, but the attempt shows that it
// leaked.
func TestACodeUsedAgainByAThiefRevokesItsToken(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	code := alice.Code(t)
	alice.Redeem(t, code).Must(t, 200)
	site.Visitor(t, alice.Tenant).Redeem(t, code).Refused(t, 400, "invalid_grant")
	whoami(t, alice).Refused(t, 401, "invalid_token")
}

// A second use shows a leak even long after the code expired.
func TestACodeUsedAgainLateRevokesItsToken(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	code := alice.Code(t)
	alice.Redeem(t, code).Must(t, 200)
	site.Exec(t, `UPDATE authorization_requests SET expires_at = now() - interval '10 minutes'`)
	alice.Redeem(t, code).Refused(t, 400, "invalid_grant")
	whoami(t, alice).Refused(t, 401, "invalid_token")
}

// Used in parallel on two nodes, a code gives at most one token, and its session ends.
func TestACodeRedeemedManyTimesAtOnce(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	nodes := []*authtest.Site{site, site.Node(t)}
	code := alice.Code(t)
	tokens := make([]string, 8)
	statuses := authtest.InParallel(8, func(i int) int {
		at := *alice
		at.Site = nodes[i%2]
		answer := at.Redeem(t, code)
		tokens[i] = answer.Text("access_token")
		return answer.Status
	})
	if statuses[200] != 1 || statuses[400] != 7 {
		t.Errorf("eight redemptions at once: %v", statuses)
	}
	alice.Token = strings.Join(tokens, "")
	whoami(t, alice).Refused(t, 401, "invalid_token")
}

func TestACodeIsRefused(t *testing.T) {
	site := shared(t)
	shop, paper := site.Tenant(t, "Shop"), site.Tenant(t, "Paper")
	alice, mallory := site.Visitor(t, shop), site.Visitor(t, shop)
	code := alice.Code(t)
	atPaper := site.Visitor(t, paper)
	for _, test := range []struct {
		name   string
		edits  []func(*authtest.Call)
		status int
		code   string
	}{
		// Bound to (RFC 6749 §4.1.3, RFC 7636 §4.6, RFC 9449 §10)
		{"another's verifier", edits(param("code_verifier", mallory.Verifier)), 400, "invalid_grant"},
		{"another's key", edits(authtest.WithKey(mallory.Key)), 400, "invalid_grant"},
		{"another client", edits(param("client_id", paper.Key)), 400, "invalid_grant"}, // CVE-2026-28513
		{"another client with its own redirect_uri", edits(param("client_id", paper.Key), param("redirect_uri", atPaper.RedirectURI())), 400, "invalid_grant"},
		{"another redirect_uri", edits(param("redirect_uri", atPaper.RedirectURI())), 400, "invalid_grant"},
		{"redirect_uri missing", edits(param("redirect_uri")), 400, "invalid_grant"},
		{"the challenge in place of the verifier", edits(param("code_verifier", authtest.Digest(alice.Verifier))), 400, "invalid_grant"},

		// Malformed
		{"verifier missing", edits(param("code_verifier")), 400, "invalid_request"}, // CVE-2024-23647
		{"verifier empty", edits(param("code_verifier", "")), 400, "invalid_request"},
		{"verifier too short (RFC 7636 §4.1)", edits(param("code_verifier", "short")), 400, "invalid_request"},
		{"verifier twice", edits(param("code_verifier", alice.Verifier, alice.Verifier)), 400, "invalid_request"},
		{"code missing", edits(param("code")), 400, "invalid_request"},
		{"code truncated", edits(param("code", code[:len(code)-1])), 400, "invalid_grant"}, // CVE-2026-27840
		{"code with more to it", edits(param("code", code+"A")), 400, "invalid_grant"},
		{"code twice", edits(param("code", code, code)), 400, "invalid_request"},
		{"code in the query", edits(param("code"), func(c *authtest.Call) { c.URL += "?code=" + code }), 400, "invalid_request"},
		{"grant_type missing", edits(param("grant_type")), 400, "invalid_request"},
		{"grant_type password", edits(param("grant_type", "password")), 400, "unsupported_grant_type"},
		{"grant_type client_credentials", edits(param("grant_type", "client_credentials")), 400, "unsupported_grant_type"},
		{"grant_type refresh_token", edits(param("grant_type", "refresh_token")), 400, "unsupported_grant_type"},
		{"client_id missing", edits(param("client_id")), 401, "invalid_client"},
		{"client_secret", edits(param("client_secret", "x")), 401, "invalid_client"},
		{"no proof (RFC 9449 §5)", edits(authtest.WithKey(nil)), 400, "invalid_dpop_proof"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := alice.Redeem(t, code, test.edits...)
			answer.Refused(t, test.status, test.code)
			if answer.Text("access_token") != "" {
				t.Error("and yet a token came")
			}
		})
	}
	alice.Redeem(t, code).Must(t, 200) // the wrong attempts did not use it up
}

// RFC 6749 §4.1.2: a code expires after a minute.
func TestExpiredCodeIsRefused(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	code := alice.Code(t)
	site.Exec(t, `UPDATE authorization_requests SET expires_at = expires_at - interval '61 seconds'`)
	alice.Redeem(t, code).Refused(t, 400, "invalid_grant")
	site.Exec(t, `UPDATE authorization_requests SET expires_at = expires_at + interval '30 seconds'`)
	alice.Redeem(t, code).Must(t, 200)
}

// Widget sessions and unused codes end with the account session that granted them (CVE-2026-43983).
func TestCodeOfEndedAccountSessionIsRefused(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.SignUp(t)
	code := alice.Code(t)
	alice.Revoke(t).Must(t, 200) // signs the account out, too
	alice.Redeem(t, code).Refused(t, 400, "invalid_grant")
}
