package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/address"
	"github.com/company-a/aside/internal/fault"
)

// handleLife is the lifetime of an identity handle. It is longer than that of an assertion, so that
// nothing expires between the loading of a page and a click on it.
const handleLife = 10 * time.Minute

// The token types (RFC 8693 §3).
const (
	tokenTypeJWT    = "urn:ietf:params:oauth:token-type:jwt"                  //nolint:gosec // a name, not a token
	tokenTypeTicket = "urn:company-a:params:oauth:token-type:ticket"          //nolint:gosec // likewise
	tokenTypeHandle = "urn:company-a:params:oauth:token-type:identity-handle" //nolint:gosec // likewise
)

// An exchangeResponse is the response of RFC 8693 §2.2.1. The identity handle in it authorizes
// nothing. It stands for the visitor that the tenant asserted, in an authorization request that is
// pushed with the same DPoP key.
type exchangeResponse struct {
	AccessToken     string `json:"access_token"`
	IssuedTokenType string `json:"issued_token_type"`
	TokenType       string `json:"token_type"`
	ExpiresIn       int    `json:"expires_in"` // seconds
	SubjectHash     string `json:"subject_hash"`
}

// exchange exchanges an assertion or a ticket for an identity handle (RFC 8693).
func (s *Server) exchange(r *http.Request, p url.Values, tenant *db.Tenant) (_ any, err error) {
	defer fault.Place(&err, "auth.exchange")
	if p.Has("actor_token") || (p.Has("requested_token_type") && p.Get("requested_token_type") != tokenTypeHandle) {
		return nil, badRequest("requested_token_type must be " + tokenTypeHandle + ", without an actor.")
	}
	proof, err := s.requireProof(r)
	if err != nil {
		return nil, err
	}
	var subject *db.Subject
	var evidence db.Evidence
	switch token, kind := keep(p.Get("subject_token")), p.Get("subject_token_type"); {
	case token.empty():
		return nil, badRequest("subject_token is missing.")
	case kind == tokenTypeTicket || (kind == tokenTypeJWT && isTicket(token)):
		subject, evidence, err = s.redeemTicket(r, tenant, token)
	case kind == tokenTypeJWT:
		subject, evidence, err = s.useAssertion(r, tenant, token, proof.Thumbprint)
	default:
		return nil, badRequest("subject_token_type must be " + tokenTypeJWT + " or " + tokenTypeTicket + ".")
	}
	if err != nil {
		return nil, err
	}
	if err := rateLimited(s.limits.tenants.count(tenant.Key)); err != nil {
		return nil, err
	}
	handle := newSecret()
	if err := s.db.KeepIdentityHandle(r.Context(), handle.hash(), tenant.Key, *subject, proof.Thumbprint, evidence, handleLife); err != nil {
		return nil, s.rejectNotAccepted(r, tenant, err)
	}
	return &exchangeResponse{
		AccessToken: handle.reveal(), IssuedTokenType: tokenTypeHandle, TokenType: "N_A",
		ExpiresIn: int(handleLife.Seconds()), SubjectHash: s.subjectHash(tenant.Key, subject.ID),
	}, nil
}

// isTicket reports whether a text is a ticket. A client may present one wherever it may present an
// assertion.
func isTicket(token secret) bool { return strings.HasPrefix(token.reveal(), "tk_") }

// redeemTicket returns the subject of a ticket, and the evidence for it. It refuses the ticket if the
// tenant's policy is to accept no assertions.
func (s *Server) redeemTicket(r *http.Request, tenant *db.Tenant, ticket secret) (*db.Subject, db.Evidence, error) {
	if tenant.Policy.Assertion == db.AssertionNone {
		return nil, db.Evidence{}, s.rejectAssertion(r, tenant, "assertion_policy: this tenant's policy rejects assertions")
	}
	subject, evidence, err := s.db.RedeemTicket(r.Context(), tenant.Key, ticket.reveal())
	if db.IsCode(err, db.CodeGone) {
		return nil, evidence, s.rejectAssertion(r, tenant, "ticket_gone: the ticket is unknown, older than a minute or already used")
	}
	return subject, evidence, err
}

// useAssertion checks an assertion that is presented with the DPoP key of a thumbprint, and uses it up.
func (s *Server) useAssertion(r *http.Request, tenant *db.Tenant, assertion secret, thumbprint string) (*db.Subject, db.Evidence, error) {
	report, err := s.assertions.Use(r.Context(), tenant, assertion.reveal(), thumbprint)
	if err != nil {
		return nil, db.Evidence{}, err
	}
	if report.OK() {
		return report.Subject, report.Evidence, nil
	}
	return nil, db.Evidence{}, s.rejectAssertion(r, tenant, report.Reason())
}

// rejectAssertion records in the audit log why an assertion was refused, for the tenant's developer.
// The refusal that it returns has only the reference of that entry.
func (s *Server) rejectAssertion(r *http.Request, tenant *db.Tenant, reason string) (err error) {
	defer fault.Place(&err, "auth.rejectAssertion")
	if err := s.db.Allow(r.Context(), wrongSubjects(r, tenant)...); err != nil {
		return err // without an entry, so that nobody can fill the log
	}
	reference, err := s.db.RecordRefusal(r.Context(), db.Event{
		TenantKey: tenant.Key, Actor: "visitor", Action: "assertion.refused", IP: address.Of(r).String(), Detail: reason,
	})
	if err != nil {
		return err
	}
	if reference != "" { // it is "" after too many entries
		reference = " (reference " + reference + ")"
	}
	return refuse(http.StatusBadRequest, "assertion_rejected", "This site's assertion was rejected"+reference+".")
}

// rejectNotAccepted turns db.ErrNotAccepted into a refusal: the policy or the key changed between the
// check of an assertion and its use. It returns other errors as they are.
func (s *Server) rejectNotAccepted(r *http.Request, tenant *db.Tenant, err error) error {
	if errors.Is(err, db.ErrNotAccepted) {
		return s.rejectAssertion(r, tenant, "assertion_policy: the policy was changed, or the key revoked, while it was checked")
	}
	return err
}

// wrongSubjects is a failed attempt to assert a visitor of a tenant, for db.Allow.
func wrongSubjects(r *http.Request, tenant *db.Tenant) []db.Try {
	return db.RecordedAs(db.Event{TenantKey: tenant.Key, IP: address.Of(r).String()}, db.WrongSubjectsFrom.From(address.Subscriber(r).String(), tenant.Key)...)
}

// subjectHash returns a keyed hash of a tenant's subject. The frame stores it with its session, and
// ends the session when the page asserts another subject. It does not reveal the subject.
func (s *Server) subjectHash(tenantKey, subject string) string {
	mac := hmac.New(sha256.New, s.subjectKey)
	mac.Write([]byte(tenantKey + "\x00" + subject))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}
