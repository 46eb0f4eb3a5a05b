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
)

// An identity handle outlives the assertion that it was exchanged for, so that nothing expires
// between the loading of a page and a click on it.
const handleLife = 10 * time.Minute

// The kinds of token, by their names (RFC 8693 §3).
const (
	tokenTypeJWT    = "urn:ietf:params:oauth:token-type:jwt"                  //nolint:gosec // a name, not a token
	tokenTypeTicket = "urn:company-a:params:oauth:token-type:ticket"          //nolint:gosec // likewise
	tokenTypeHandle = "urn:company-a:params:oauth:token-type:identity-handle" //nolint:gosec // likewise
)

// An exchangeResponse is RFC 8693 §2.2.1. What it issues authorizes nothing: it only says who
// the tenant says its visitor is, when a request is pushed with the same key.
type exchangeResponse struct {
	AccessToken     string `json:"access_token"`
	IssuedTokenType string `json:"issued_token_type"`
	TokenType       string `json:"token_type"`
	ExpiresIn       int    `json:"expires_in"` // seconds
	SubjectHash     string `json:"subject_hash"`
}

// exchange turns an assertion or a ticket into an identity handle (RFC 8693).
func (s *Server) exchange(r *http.Request, p url.Values, tenant *db.Tenant) (any, error) {
	if p.Has("actor_token") || (p.Has("requested_token_type") && p.Get("requested_token_type") != tokenTypeHandle) {
		return nil, badRequest("requested_token_type must be " + tokenTypeHandle + ", without an actor.")
	}
	proof, err := s.prove(r)
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
		subject, evidence, err = s.accept(r, tenant, token, proof.jkt)
	default:
		return nil, badRequest("subject_token_type must be " + tokenTypeJWT + " or " + tokenTypeTicket + ".")
	}
	if err != nil {
		return nil, err
	}
	if err := tooOften(s.paces.tenants.count(tenant.Key)); err != nil {
		return nil, err
	}
	handle := newSecret()
	if err := s.db.KeepIdentityHandle(r.Context(), handle.hash(), tenant.Key, *subject, proof.jkt, evidence, handleLife); err != nil {
		return nil, s.notAny(r, tenant, err)
	}
	return &exchangeResponse{
		AccessToken: handle.reveal(), IssuedTokenType: tokenTypeHandle, TokenType: "N_A",
		ExpiresIn: int(handleLife.Seconds()), SubjectHash: s.subjectHash(tenant.Key, subject.ID),
	}, nil
}

// isTicket reports whether what is presented as an assertion stands for one.
func isTicket(token secret) bool { return strings.HasPrefix(token.reveal(), "tk_") }

// redeemTicket gives the subject of a ticket and what it rests on, if the tenant lets anybody say who its visitors are.
func (s *Server) redeemTicket(r *http.Request, tenant *db.Tenant, ticket secret) (*db.Subject, db.Evidence, error) {
	if tenant.Policy.Assertion == db.AssertionNone {
		return nil, db.Evidence{}, s.rejected(r, tenant, "assertion_policy: this tenant's policy rejects assertions")
	}
	subject, evidence, err := s.db.RedeemTicket(r.Context(), tenant.Key, ticket.reveal())
	if db.IsCode(err, db.CodeGone) {
		return nil, evidence, s.rejected(r, tenant, "ticket_gone: the ticket is unknown, older than a minute or already used")
	}
	return subject, evidence, err
}

// accept checks an assertion that the key of thumbprint jkt presents and uses it up.
func (s *Server) accept(r *http.Request, tenant *db.Tenant, assertion secret, jkt string) (*db.Subject, db.Evidence, error) {
	report, err := s.checkAssertion(r.Context(), tenant, assertion.reveal(), jkt, true)
	if err != nil {
		return nil, db.Evidence{}, err
	}
	if report.OK() {
		return report.Subject, report.evidence, nil
	}
	return nil, db.Evidence{}, s.rejected(r, tenant, report.Reason())
}

// rejected keeps why an assertion was refused for the tenant's developer and tells the browser
// no more than where that is.
func (s *Server) rejected(r *http.Request, tenant *db.Tenant, reason string) error {
	if err := s.db.Allow(r.Context(), wrongSubjects(r, tenant)...); err != nil {
		return err // and no further entry: nobody fills the log with them
	}
	reference, err := s.db.RecordRefusal(r.Context(), db.Event{
		TenantKey: tenant.Key, Actor: "visitor", Action: "assertion.refused", IP: address.Of(r).String(), Detail: reason,
	})
	if err != nil {
		return err
	}
	if reference != "" { // there may be too many of them
		reference = " (reference " + reference + ")"
	}
	return refuse(http.StatusBadRequest, "assertion_rejected", "This site's assertion was rejected"+reference+".")
}

// notAny refuses what was in order, and is not accepted any more where it is acted on.
func (s *Server) notAny(r *http.Request, tenant *db.Tenant, err error) error {
	if errors.Is(err, db.ErrNotAccepted) {
		return s.rejected(r, tenant, "assertion_policy: the policy was changed, or the key revoked, while it was checked")
	}
	return err
}

// wrongSubjects is a try to pass for somebody at a tenant that went wrong.
func wrongSubjects(r *http.Request, tenant *db.Tenant) []db.Try {
	return db.RecordedAs(db.Event{TenantKey: tenant.Key, IP: address.Of(r).String()}, db.WrongSubjectsFrom.From(address.Subscriber(r).String(), tenant.Key)...)
}

// subjectHash tells whether two subjects of a tenant are the same without telling whom: the
// frame keeps it with its session and drops that when the page asserts another.
func (s *Server) subjectHash(tenantKey, subject string) string {
	mac := hmac.New(sha256.New, s.subjectKey)
	mac.Write([]byte(tenantKey + "\x00" + subject))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

var errNotEmbedder = badRequest("embed_origin is not an embed origin of this tenant.")

var errUpgraded = blameless(http.StatusBadRequest, "upgraded", "These notes are protected by a passkey. Sign in with it.")

// vouch turns an assertion into a session of the account that the tenant vouches for (RFC
// 7523 §2.1): for tenants that chose so, and for subjects without a passkey.
func (s *Server) vouch(r *http.Request, p url.Values, tenant *db.Tenant) (any, error) {
	if !tenant.Policy.VouchedAccounts || tenant.Policy.Assertion == db.AssertionNone {
		return nil, refuse(http.StatusBadRequest, "unauthorized_client", "This tenant does not vouch for accounts. Its visitors sign in with a passkey.")
	}
	if p.Get("scope") != "" && p.Get("scope") != "notes" {
		return nil, refuse(http.StatusBadRequest, "invalid_scope", "scope must be notes.")
	}
	embedOrigin := p.Get("embed_origin")
	if embedOrigin == "" {
		embedOrigin = s.frameOrigin // the tenant's backend: no page embeds anything
	}
	if embedOrigin != s.frameOrigin && !tenant.Embeds(embedOrigin) {
		return nil, errNotEmbedder
	}
	if p.Get("assertion") == "" {
		return nil, badRequest("assertion is missing.")
	}
	proof, err := s.prove(r)
	if err != nil {
		return nil, err
	}
	var subject *db.Subject
	var evidence db.Evidence
	if assertion := keep(p.Get("assertion")); isTicket(assertion) { // a ticket stands for an assertion anywhere
		subject, evidence, err = s.redeemTicket(r, tenant, assertion)
	} else {
		subject, evidence, err = s.accept(r, tenant, assertion, proof.jkt)
	}
	if err != nil {
		return nil, err
	}
	if err := tooOften(s.paces.tenants.count(tenant.Key)); err != nil {
		return nil, err
	}
	accessToken := newSecret()
	err = s.db.GrantVouched(r.Context(), tenant.Key, *subject, evidence, proof.jkt, embedOrigin, s.newSession(r, accessToken))
	if errors.Is(err, db.ErrNotAccepted) {
		return nil, s.notAny(r, tenant, err)
	}
	if errors.Is(err, db.ErrUpgraded) {
		return nil, errUpgraded
	}
	if db.IsCode(err, db.CodeGone) { // while the assertion was checked
		return nil, errNotEmbedder
	}
	if err != nil {
		return nil, err
	}
	return s.tokenResponse(tenant.Key, accessToken, subject), nil
}
