package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/company-a/aside/db"
)

// What an assertion may be.
const (
	maxAssertionSize  = 8 << 10
	maxAssertionLife  = 5 * time.Minute
	assertionLeeway   = 30 * time.Second // of clocks that differ
	maxAssertionJTI   = 256              // bytes
	jktSize           = 43               // characters of a SHA-256 thumbprint (RFC 7638)
	maxKeysToTry      = 20               // for an assertion that names none
	latestNumericDate = 1 << 40          // RFC 7519 §2; beyond it nobody means a date
)

// An AssertionCheck is one check of an assertion, for the tenant's developer.
type AssertionCheck struct {
	Name   string // stable, like "expiry"
	OK     bool
	Detail string // what was found, like "exp was 42 s ago by our clock"

	code string // why the assertion is refused, when it isn't OK
}

// An AssertionReport says which checks an assertion passed, for the tenant's developer and
// never for the visitor. Checks that need what an earlier one lacks are left out.
//
// The codes, by check:
//
//	policy      assertion_policy          the tenant accepts none
//	form        assertion_malformed       no JWT in the compact form, or one that two could read differently
//	encryption  assertion_encryption      encrypted in another way, or to another key, than ours
//	            assertion_unsigned        encrypted, but nobody signed it
//	            assertion_malformed
//	algorithm   assertion_algorithm       not supported, or not the key's
//	key         assertion_key_unknown     no live key could have signed it, or its key set cannot be had
//	signature   assertion_signature       wrong
//	issuer      assertion_issuer          iss is not the tenant's key
//	audience    assertion_audience        aud is not the account origin alone
//	subject     assertion_subject         sub, email or name cannot be kept
//	issued_at   assertion_issued_at       iat is missing or to come
//	not_before  assertion_not_before      nbf is to come
//	expiry      assertion_expired         exp is missing or over
//	lifetime    assertion_lifetime        exp is more than five minutes after iat, or not after it
//	nonce       assertion_nonce           made for another key
//	            assertion_nonce_required  missing, and the tenant requires it
//	jti         assertion_jti             missing
//	replay      assertion_replayed        used before
type AssertionReport struct {
	Checks  []AssertionCheck
	Code    string      // of the first check that failed; "" for an assertion that is in order
	Subject *db.Subject // of an assertion that is in order

	evidence db.Evidence // likewise

	problems []string // with the tenant's own keys
}

// OK reports whether the assertion is in order.
func (r *AssertionReport) OK() bool { return r.Code == "" }

// Reason is the first refusal in one line, like "assertion_expired: exp was 42 s ago by our
// clock"; "" for an assertion that is in order.
func (r *AssertionReport) Reason() string {
	for _, c := range r.Checks {
		if !c.OK {
			return c.code + ": " + c.Detail
		}
	}
	return ""
}

func (r *AssertionReport) pass(name, format string, args ...any) {
	r.Checks = append(r.Checks, AssertionCheck{Name: name, OK: true, Detail: fmt.Sprintf(format, args...)})
}

func (r *AssertionReport) fail(name, code, format string, args ...any) {
	r.Checks = append(r.Checks, AssertionCheck{Name: name, Detail: fmt.Sprintf(format, args...), code: code})
	if r.Code == "" {
		r.Code = code
	}
}

// TestAssertion checks an assertion for the tenant's developer: it reports every check, spends
// nothing and writes nothing. Whether it was used before, and whether its nonce is the
// widget's, only shows where it is presented. An error is a fault of ours.
func (s *Server) TestAssertion(ctx context.Context, tenant *db.Tenant, assertion string) (*AssertionReport, error) {
	return s.checkAssertion(ctx, tenant, assertion, "", false)
}

// checkAssertion checks what a tenant says about its visitor: a JWT (RFC 7519) that is signed
// with a key of the tenant's and may be encrypted to ours. jkt is the thumbprint of the key
// that presents it, "" when none does. With spend, an assertion that is in order is used up,
// once over all nodes, and the key that verified it is noted as in use. An error is a fault of
// ours; what is wrong with the assertion is in the report.
func (s *Server) checkAssertion(ctx context.Context, tenant *db.Tenant, assertion, jkt string, spend bool) (*AssertionReport, error) {
	r := &AssertionReport{}
	if tenant.Policy.Assertion == db.AssertionNone {
		r.fail("policy", "assertion_policy", "this tenant's policy rejects assertions")
		if spend {
			return r, nil
		}
	} else {
		r.pass("policy", "this tenant accepts assertions")
	}
	compact, ok, err := s.decrypted(ctx, r, assertion)
	if err != nil {
		return nil, err
	}
	if !ok {
		return r, nil
	}
	inside := r
	if compact != assertion { // what anybody may have encrypted is reported once a key of the tenant's has signed it
		inside = &AssertionReport{}
	}
	message, key, err := s.checkSigned(ctx, inside, tenant, compact)
	if err != nil {
		return nil, err
	}
	if inside != r {
		r.open(inside, message, tenant)
	}
	if message == nil || (inside != r && !r.OK()) {
		return r, nil
	}
	subject, once := s.checkClaims(r, tenant, message.claims, jkt)
	if !r.OK() {
		return r, nil
	}
	if spend {
		switch err := s.db.SpendProof(ctx, once); {
		case errors.Is(err, db.ErrSpent):
			r.fail("replay", "assertion_replayed", "an assertion with this jti was already used: create a new one with a new jti each time the page asks")
			return r, nil
		case err != nil:
			return nil, err
		}
		r.pass("replay", "this jti was not used before")
		if err := s.db.AssertionKeyUsed(ctx, key.id); err != nil {
			return nil, err
		}
	}
	_, nonce := message.claims["nonce"]
	r.Subject, r.evidence = subject, db.Evidence{Key: key.id, Nonce: nonce}
	return r, nil
}

// checkSigned checks the form and the signature of an assertion. It gives nil for what has not the form.
func (s *Server) checkSigned(ctx context.Context, r *AssertionReport, tenant *db.Tenant, compact string) (*signedForm, verifier, error) {
	message := parseSigned(r, compact)
	if message == nil {
		return nil, verifier{}, nil
	}
	key, err := s.checkSignature(ctx, r, tenant, message)
	return message, key, err
}

// open adds the report of what was encrypted. It was encrypted for us and not for this tenant: unless
// a key of the tenant's has signed it, and it says that the tenant issued it (anybody may add
// another's public key as their own), all of it is another's secret, the header and each claim alike,
// and one answer is given whatever is wrong with it.
func (r *AssertionReport) open(inside *AssertionReport, message *signedForm, tenant *db.Tenant) {
	switch {
	case inside.OK() && message.claims["iss"] == tenant.Key:
		r.Checks = append(r.Checks, inside.Checks...)
	case message != nil && message.header["alg"] == "none": // nobody has signed it, so it is nobody's
		r.fail("algorithm", "assertion_algorithm", `what is encrypted is not signed: its alg is "none"; supported are %s`, strings.Join(assertionAlgorithms, ", "))
	default:
		r.fail("signature", "assertion_signature", "%s", strings.Join(append([]string{"what is encrypted was not signed, in a form that is supported, " +
			"with a live key of this tenant's and with its iss, so nothing of it is shown: test what you sign before you encrypt it to see what is wrong"}, inside.problems...), "; "))
	}
}
