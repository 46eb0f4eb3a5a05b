package assertion

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/company-a/aside/db"
)

const thumbprintSize = 43 // characters of a SHA-256 thumbprint in base64url (RFC 7638)

// checkClaims checks the claims of an assertion (RFC 7519 §4.1). It returns the subject, and the
// proof to spend so that the assertion is accepted once.
func (c *Checker) checkClaims(r *Report, tenant *db.Tenant, claims map[string]any, thumbprint string) (*db.Subject, db.Proof) {
	checkText(r, claims, "iss", "issuer", "assertion_issuer", tenant.Key)
	checkAudience(r, claims["aud"], c.Audience)
	subject := checkSubject(r, claims)
	expires := c.checkTimes(r, claims)
	checkNonce(r, claims, thumbprint, tenant.Policy.RequireNonce)

	jti, _ := claims["jti"].(string)
	if jti == "" || len(jti) > maxJTISize {
		r.fail("jti", "assertion_jti", "jti must be a string of 1 to %d bytes: use a new random id each time", maxJTISize)
	} else {
		r.pass("jti", "jti is present")
	}
	return subject, db.Proof{
		ID: db.HashToken("assertion\x00" + tenant.Key + "\x00" + jti),
		// For as long as any node could accept it again, however much their clocks differ.
		Lifetime: expires.Sub(c.Now()) + leeway + 2*db.MaxClockSkew,
	}
}

func checkText(r *Report, claims map[string]any, claim, name, code, want string) {
	switch got, ok := claims[claim].(string); {
	case !ok:
		r.fail(name, code, "%s is missing or not a string: it must be %s", claim, want)
	case got != want:
		r.fail(name, code, "%s is %s, not %s", claim, quoted(got), want)
	default:
		r.pass(name, "%s is %s", claim, want)
	}
}

// checkAudience requires our origin alone: another audience of the same assertion could have
// passed it on to us.
func checkAudience(r *Report, aud any, want string) {
	if list, ok := aud.([]any); ok && len(list) == 1 {
		aud = list[0]
	}
	checkText(r, map[string]any{"aud": aud}, "aud", "audience", "assertion_audience", want)
}

// checkSubject checks sub, email and name.
func checkSubject(r *Report, claims map[string]any) *db.Subject {
	var subject db.Subject
	for _, c := range []struct {
		claim string
		field *string
	}{{"sub", &subject.ID}, {"email", &subject.Email}, {"name", &subject.Name}} {
		v, present := claims[c.claim]
		if !present && c.claim != "sub" { // the others are optional
			continue
		}
		text, ok := v.(string)
		switch {
		case !present:
			r.fail("subject", "assertion_subject", "sub is missing: set it to your own stable id for the visitor")
			return nil
		case !ok:
			r.fail("subject", "assertion_subject", "%s is not a string", c.claim)
			return nil
		case strings.ContainsFunc(text, isDeceptive):
			r.fail("subject", "assertion_subject", "%s has control characters", c.claim)
			return nil
		}
		*c.field = text
	}
	var refused *db.Error
	if err := subject.Check(); errors.As(err, &refused) {
		r.fail("subject", "assertion_subject", "%s", refused.Message)
		return nil
	}
	r.pass("subject", "sub is %s", quoted(subject.ID))
	return &subject
}

// isDeceptive reports whether a character can make a text look like a different one: control
// characters, and those that change the direction of the text that follows (UAX #9 §2).
func isDeceptive(c rune) bool {
	return unicode.IsControl(c) || (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069')
}

// checkTimes checks iat, nbf and exp. It returns when the assertion expires.
func (c *Checker) checkTimes(r *Report, claims map[string]any) time.Time {
	now := c.Now()
	issued, hasIAT := numericDate(claims["iat"])
	switch {
	case !hasIAT:
		r.fail("issued_at", "assertion_issued_at", "iat is missing or not a number of seconds since 1970")
	case issued.Sub(now) > leeway:
		r.fail("issued_at", "assertion_issued_at", "iat is in %s by our clock", seconds(issued.Sub(now)))
	default:
		r.pass("issued_at", "iat is %s", relativeTime(issued.Sub(now)))
	}
	if _, ok := claims["nbf"]; ok {
		switch from, ok := numericDate(claims["nbf"]); {
		case !ok:
			r.fail("not_before", "assertion_not_before", "nbf is not a number of seconds since 1970")
		case from.Sub(now) > leeway:
			r.fail("not_before", "assertion_not_before", "nbf is in %s by our clock", seconds(from.Sub(now)))
		default:
			r.pass("not_before", "nbf is %s", relativeTime(from.Sub(now)))
		}
	}
	expires, hasEXP := numericDate(claims["exp"])
	switch {
	case !hasEXP:
		r.fail("expiry", "assertion_expired", "exp is missing or not a number of seconds since 1970")
		return now
	case now.Sub(expires) >= leeway:
		r.fail("expiry", "assertion_expired", "exp was %s ago by our clock", seconds(now.Sub(expires)))
	default:
		r.pass("expiry", "exp is %s", relativeTime(expires.Sub(now)))
	}
	if hasIAT {
		switch life := expires.Sub(issued); {
		case life <= 0:
			r.fail("lifetime", "assertion_lifetime", "exp is not after iat")
		case life > maxLifetime:
			r.fail("lifetime", "assertion_lifetime", "exp is %s after iat: %s at most", seconds(life), seconds(maxLifetime))
		default:
			r.pass("lifetime", "exp is %s after iat", seconds(life))
		}
	}
	return expires
}

// checkNonce checks that an assertion with a nonce is presented with the key it was made for.
func checkNonce(r *Report, claims map[string]any, thumbprint string, required bool) {
	v, present := claims["nonce"]
	nonce, ok := v.(string)
	switch {
	case !present && required:
		r.fail("nonce", "assertion_nonce_required", "this tenant requires a nonce: use the one that the page's callback is given")
	case !present:
		r.pass("nonce", "none is given, and none is required")
	case !ok || len(nonce) != thumbprintSize:
		r.fail("nonce", "assertion_nonce", "nonce is not the string that the page's callback is given")
	case thumbprint == "":
		r.pass("nonce", "nonce names a widget's key; whether it is the right one can only be checked when a widget presents it")
	case nonce != thumbprint:
		r.fail("nonce", "assertion_nonce", "nonce belongs to another widget: the assertion was made for another page or visit")
	default:
		r.pass("nonce", "nonce matches the widget")
	}
}

// numericDate reads seconds since 1970, which may have a fraction (RFC 7519 §2).
func numericDate(v any) (time.Time, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return time.Time{}, false
	}
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil || !(f >= 0 && f <= latestNumericDate) {
		return time.Time{}, false
	}
	whole, fraction := math.Modf(f)
	return time.Unix(int64(whole), int64(fraction*1e9)), true
}
