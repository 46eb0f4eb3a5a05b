package auth

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

// checkClaims checks what an assertion says (RFC 7519 §4.1). It gives the subject, and what
// makes the assertion good once.
func (s *Server) checkClaims(r *AssertionReport, tenant *db.Tenant, claims map[string]any, jkt string) (*db.Subject, db.Proof) {
	checkText(r, claims, "iss", "issuer", "assertion_issuer", tenant.Key)
	checkAudience(r, claims["aud"], s.accountOrigin)
	subject := checkSubject(r, claims)
	expires := s.checkTimes(r, claims)
	checkNonce(r, claims, jkt, tenant.Policy.RequireNonce)

	jti, _ := claims["jti"].(string)
	if jti == "" || len(jti) > maxAssertionJTI {
		r.fail("jti", "assertion_jti", "jti must be a string of 1 to %d bytes: use a new random id each time", maxAssertionJTI)
	} else {
		r.pass("jti", "jti is present")
	}
	return subject, db.Proof{
		ID: db.HashToken("assertion\x00" + tenant.Key + "\x00" + jti),
		// For as long as any node could accept it again, however far their clocks are apart.
		Keep: expires.Sub(s.now()) + assertionLeeway + 2*clockSkew,
	}
}

func checkText(r *AssertionReport, claims map[string]any, claim, name, code, want string) {
	switch got, ok := claims[claim].(string); {
	case !ok:
		r.fail(name, code, "%s is missing or not a string: it must be %s", claim, want)
	case got != want:
		r.fail(name, code, "%s is %s, not %s", claim, quoted(got), want)
	default:
		r.pass(name, "%s is %s", claim, want)
	}
}

// checkAudience wants our origin alone: an assertion that is also for somebody else could have
// been handed on by them.
func checkAudience(r *AssertionReport, aud any, want string) {
	if list, ok := aud.([]any); ok && len(list) == 1 {
		aud = list[0]
	}
	checkText(r, map[string]any{"aud": aud}, "aud", "audience", "assertion_audience", want)
}

// checkSubject checks who the visitor is said to be.
func checkSubject(r *AssertionReport, claims map[string]any) *db.Subject {
	var subject db.Subject
	for _, c := range []struct {
		claim string
		field *string
	}{{"sub", &subject.ID}, {"email", &subject.Email}, {"name", &subject.Name}} {
		v, there := claims[c.claim]
		if !there && c.claim != "sub" { // the others are optional
			continue
		}
		text, ok := v.(string)
		switch {
		case !there:
			r.fail("subject", "assertion_subject", "sub is missing: set it to your own stable id for the visitor")
			return nil
		case !ok:
			r.fail("subject", "assertion_subject", "%s is not a string", c.claim)
			return nil
		case strings.ContainsFunc(text, deceptive):
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

// deceptive reports whether a character makes a text look like another one: controls, and
// those that turn the direction of what follows (UAX #9 §2).
func deceptive(c rune) bool {
	return unicode.IsControl(c) || (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069')
}

// checkTimes checks iat, nbf and exp. It gives when the assertion expires.
func (s *Server) checkTimes(r *AssertionReport, claims map[string]any) time.Time {
	now := s.now()
	issued, hasIAT := numericDate(claims["iat"])
	switch {
	case !hasIAT:
		r.fail("issued_at", "assertion_issued_at", "iat is missing or not a number of seconds since 1970")
	case issued.Sub(now) > assertionLeeway:
		r.fail("issued_at", "assertion_issued_at", "iat is in %s by our clock", seconds(issued.Sub(now)))
	default:
		r.pass("issued_at", "iat is %s", relative(issued.Sub(now)))
	}
	if _, ok := claims["nbf"]; ok {
		switch from, ok := numericDate(claims["nbf"]); {
		case !ok:
			r.fail("not_before", "assertion_not_before", "nbf is not a number of seconds since 1970")
		case from.Sub(now) > assertionLeeway:
			r.fail("not_before", "assertion_not_before", "nbf is in %s by our clock", seconds(from.Sub(now)))
		default:
			r.pass("not_before", "nbf is %s", relative(from.Sub(now)))
		}
	}
	expires, hasEXP := numericDate(claims["exp"])
	switch {
	case !hasEXP:
		r.fail("expiry", "assertion_expired", "exp is missing or not a number of seconds since 1970")
		return now
	case now.Sub(expires) >= assertionLeeway:
		r.fail("expiry", "assertion_expired", "exp was %s ago by our clock", seconds(now.Sub(expires)))
	default:
		r.pass("expiry", "exp is %s", relative(expires.Sub(now)))
	}
	if hasIAT {
		switch life := expires.Sub(issued); {
		case life <= 0:
			r.fail("lifetime", "assertion_lifetime", "exp is not after iat")
		case life > maxAssertionLife:
			r.fail("lifetime", "assertion_lifetime", "exp is %s after iat: %s at most", seconds(life), seconds(maxAssertionLife))
		default:
			r.pass("lifetime", "exp is %s after iat", seconds(life))
		}
	}
	return expires
}

// checkNonce holds an assertion to the key that it was made for, if it was made for one.
func checkNonce(r *AssertionReport, claims map[string]any, jkt string, required bool) {
	v, there := claims["nonce"]
	nonce, ok := v.(string)
	switch {
	case !there && required:
		r.fail("nonce", "assertion_nonce_required", "this tenant requires a nonce: use the one that the page's callback is given")
	case !there:
		r.pass("nonce", "none is given, and none is required")
	case !ok || len(nonce) != jktSize:
		r.fail("nonce", "assertion_nonce", "nonce is not the string that the page's callback is given")
	case jkt == "":
		r.pass("nonce", "nonce names a widget's key; whether it is the right one can only be checked when a widget presents it")
	case nonce != jkt:
		r.fail("nonce", "assertion_nonce", "nonce belongs to another widget: the assertion was made for another page or visit")
	default:
		r.pass("nonce", "nonce matches the widget")
	}
}

// numericDate reads seconds since 1970, which need not be whole (RFC 7519 §2).
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

func relative(d time.Duration) string {
	if d < 0 {
		return seconds(-d) + " ago by our clock"
	}
	return "in " + seconds(d) + " by our clock"
}

func seconds(d time.Duration) string {
	return strconv.FormatInt(int64(d.Round(time.Second)/time.Second), 10) + " s"
}

// shown is quoted for what may be of any type.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "missing"
	case string:
		return quoted(v)
	default:
		return "not a text"
	}
}

// quoted shows what was sent, shortened, in a form that no reader takes for anything else.
func quoted(s string) string {
	if runes := []rune(s); len(runes) > 80 {
		s = string(runes[:80]) + "…"
	}
	return strconv.Quote(s)
}
