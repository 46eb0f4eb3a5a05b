package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/address"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/secret"
)

// isTicket reports whether a text is a ticket. A client may present one in place of an
// assertion.
func isTicket(token secret.Text) bool { return strings.HasPrefix(token.Reveal(), "tk_") }

// redeemTicket returns the subject of a ticket, and the evidence for it. It refuses the ticket if the
// tenant's policy is to accept no assertions.
func (s *Server) redeemTicket(r *http.Request, tenant *db.Tenant, ticket secret.Text) (*db.Subject, db.Evidence, error) {
	if tenant.Policy.Assertion == db.AssertionNone {
		return nil, db.Evidence{}, s.rejectAssertion(r, tenant, "assertion_policy: this tenant's policy rejects assertions")
	}
	subject, evidence, err := s.db.RedeemTicket(r.Context(), tenant.Key, ticket.Reveal())
	if db.IsCode(err, db.CodeGone) {
		return nil, evidence, s.rejectAssertion(r, tenant, "ticket_gone: the ticket is unknown, older than a minute or already used")
	}
	return subject, evidence, err
}

// useAssertion checks an assertion that is presented with the DPoP key of a thumbprint, and uses it up.
func (s *Server) useAssertion(r *http.Request, tenant *db.Tenant, assertion secret.Text, thumbprint string) (*db.Subject, db.Evidence, error) {
	report, err := s.assertions.Use(r.Context(), tenant, assertion.Reveal(), thumbprint)
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

// tellRefused tells the tenant's developer on the pages of which embed origin an assertion was refused. The message of the refusal has
// the reference, and nothing of the visitor.
func (s *Server) tellRefused(tenant *db.Tenant, embedOrigin string, err error) {
	var refusal *Error
	if errors.As(err, &refusal) && refusal.Code == "assertion_rejected" && tenant.Embeds(embedOrigin) {
		s.db.WidgetRefused(tenant, embedOrigin, refusal.Message)
	}
}

// rejectNotAccepted turns db.ErrNotAccepted into a refusal: the policy or the key changed between the
// check of an assertion and its use. It returns other errors as they are.
func (s *Server) rejectNotAccepted(r *http.Request, tenant *db.Tenant, err error) error {
	if errors.Is(err, db.ErrNotAccepted) {
		return s.rejectAssertion(r, tenant, "assertion_policy: the policy was changed, or the key revoked, while it was checked")
	}
	return err
}

// subjectHash returns a keyed hash of a tenant's subject. The frame stores it with its session, and
// ends the session when the page asserts another subject. It does not reveal the subject.
func (s *Server) subjectHash(tenantKey, subject string) string {
	mac := hmac.New(sha256.New, s.subjectKey)
	mac.Write([]byte(tenantKey + "\x00" + subject))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}
