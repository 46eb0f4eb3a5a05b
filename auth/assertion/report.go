package assertion

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/company-a/aside/db"
)

// A Check is one check of an assertion.
type Check struct {
	Name   string // stable, such as "expiry"
	OK     bool
	Detail string // what was found, such as "exp was 42 s ago by our clock"

	code string // the refusal's, if not OK
}

// A Report lists the checks that were made of an assertion, for the tenant's developer and never
// for the visitor. A check is left out if it depends on an earlier one that failed.
//
// The codes, by check:
//
//	policy      assertion_policy          the tenant accepts no assertions
//	form        assertion_malformed       not a JWT in the compact form, or ambiguous JSON
//	encryption  assertion_encryption      an unsupported encryption, or not to one of our keys
//	            assertion_unsigned        encrypted but not signed
//	            assertion_malformed
//	algorithm   assertion_algorithm       not supported, or not the key's
//	key         assertion_key_unknown     no live key could have signed it, or its key set can't be fetched
//	signature   assertion_signature       invalid
//	issuer      assertion_issuer          iss is not the tenant's key
//	audience    assertion_audience        aud is not the account origin alone
//	subject     assertion_subject         sub, email or name is invalid
//	issued_at   assertion_issued_at       iat is missing or in the future
//	not_before  assertion_not_before      nbf is in the future
//	expiry      assertion_expired         exp is missing or in the past
//	lifetime    assertion_lifetime        exp is more than five minutes after iat, or not after it
//	nonce       assertion_nonce           made for another widget's key
//	            assertion_nonce_required  missing, and the tenant requires it
//	jti         assertion_jti             missing or too long
//	replay      assertion_replayed        used before
type Report struct {
	Checks []Check
	Code   string // of the first check that failed; "" for a valid assertion

	// Of a valid assertion only: the visitor, and the key that verified it.
	Subject  *db.Subject
	Evidence db.Evidence

	problems []string // with the tenant's keys and key sets
}

// OK reports whether the assertion is valid.
func (r *Report) OK() bool { return r.Code == "" }

// Reason returns the first refusal in one line, such as "assertion_expired: exp was 42 s ago by
// our clock", or "" for a valid assertion.
func (r *Report) Reason() string {
	for _, c := range r.Checks {
		if !c.OK {
			return c.code + ": " + c.Detail
		}
	}
	return ""
}

func (r *Report) pass(name, format string, args ...any) {
	r.Checks = append(r.Checks, Check{Name: name, OK: true, Detail: fmt.Sprintf(format, args...)})
}

func (r *Report) fail(name, code, format string, args ...any) {
	r.Checks = append(r.Checks, Check{Name: name, Detail: fmt.Sprintf(format, args...), code: code})
	if r.Code == "" {
		r.Code = code
	}
}

// addDecrypted adds the report about the decrypted message. It adds nothing of the message unless
// one of the tenant's keys signed it and its iss is the tenant: anybody may present what another
// tenant encrypted to us, or add another tenant's public key as their own, so the header and each
// claim may be another tenant's secret. Apart from a message with alg "none", every refused one
// gets the same answer.
func (r *Report) addDecrypted(inner *Report, message *signedMessage, tenant *db.Tenant) {
	switch {
	case inner.OK() && message.claims["iss"] == tenant.Key:
		r.Checks = append(r.Checks, inner.Checks...)
	case message != nil && message.header["alg"] == "none": // nobody signed it, so it is not another tenant's
		r.fail("algorithm", "assertion_algorithm", `the encrypted JWT is not signed: its alg is "none"; supported are %s`, strings.Join(signingAlgorithms, ", "))
	default:
		r.fail("signature", "assertion_signature", "%s", strings.Join(append([]string{"the encrypted JWT is not signed, in a supported form, " +
			"with a live key of this tenant and with its iss, so nothing of it is shown: to see what is wrong, test the signed JWT before you encrypt it"}, inner.problems...), "; "))
	}
}

// quoted returns a text that was sent, shortened and in quotes.
func quoted(s string) string {
	if runes := []rune(s); len(runes) > 80 {
		s = string(runes[:80]) + "…"
	}
	return strconv.Quote(s)
}

// quotedValue is quoted for a member of any type.
func quotedValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "missing"
	case string:
		return quoted(v)
	default:
		return "not a string"
	}
}

func relativeTime(d time.Duration) string {
	if d < 0 {
		return seconds(-d) + " ago by our clock"
	}
	return "in " + seconds(d) + " by our clock"
}

func seconds(d time.Duration) string {
	return strconv.FormatInt(int64(d.Round(time.Second)/time.Second), 10) + " s"
}
