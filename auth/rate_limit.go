package auth

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/address"
)

// rateLimits bound how often each session, person, tenant and address may send requests to this
// node, so that none of them takes all of it. Limits that protect a secret are counted on all nodes
// together as well: see db.Rate. A widget sends one or two requests a second while its person
// types. One address may be a whole company, with an attacker among them.
//
// Therefore a credential that nobody can guess (a token, code, ticket, handle, cookie or ceremony)
// is verified before any limit by address, and a valid one is never refused because of its address.
// Only failures, and requests without a credential, are counted by address.
type rateLimits struct {
	sessions        *throttle[uuid.UUID]  // API requests of a session or a server key
	people          *throttle[uuid.UUID]  // API requests of all sessions of a person
	tenants         *throttle[string]     // API requests of all sessions and server keys of a tenant
	signIns         addressThrottle       // sign-in requests without a credential
	failures        addressThrottle       // sign-in requests with an invalid credential
	unauthenticated addressThrottle       // API requests without a valid credential
	pages           addressThrottle       // pages that are rendered for each visit
	audited         *throttle[netip.Addr] // audit entries about the limits by address
}

func newRateLimits(now func() time.Time, factor float64) rateLimits {
	return rateLimits{
		sessions:        newThrottle[uuid.UUID](now, 300, 3_000, factor),
		people:          newThrottle[uuid.UUID](now, 600, 6_000, factor),
		tenants:         newThrottle[string](now, 10_000, 50_000, factor),
		signIns:         newAddressThrottle(now, 100, 3_000, factor),
		failures:        newAddressThrottle(now, 100, 3_000, factor),
		unauthenticated: newAddressThrottle(now, 50, 1_000, factor),
		pages:           newAddressThrottle(now, 100, 3_000, factor),
		audited:         newThrottle[netip.Addr](now, 1./600, 1, 1),
	}
}

// rateLimitError returns a refusal if a limit requires the client to wait.
func rateLimitError(wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	return fromDB(db.RateLimited(wait))
}

// limitSignIns counts a sign-in request without a credential.
func (s *Server) limitSignIns(r *http.Request) error {
	err := rateLimitError(s.limits.signIns.count(r))
	if err != nil {
		s.recordLimit(r, "sign-ins from an address")
	}
	return err
}

// withSignInLimit limits requests to h, an endpoint that needs no credential.
func (s *Server) withSignInLimit(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := s.limitSignIns(r); err != nil {
			s.writeError(w, r, err)
			return
		}
		h(w, r)
	}
}

// countFailure counts a refused sign-in request by its address, and returns the refusal to answer:
// e, or rate_limited after too many. It counts only refusals of an invalid credential.
func (s *Server) countFailure(r *http.Request, e *Error) *Error {
	switch e.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound, http.StatusGone:
	default:
		return e
	}
	if e.uncounted {
		return e
	}
	var limited *Error
	if !errors.As(rateLimitError(s.limits.failures.count(r)), &limited) {
		return e
	}
	s.recordLimit(r, "failed sign-ins from an address")
	return limited
}

// acquireVerification waits until a credential of r may be verified. From an address with too many failures,
// one credential of each kind is verified at a time: it then slows down nobody else much, and a
// valid credential is still accepted. The caller calls release afterwards.
func (s *Server) acquireVerification(r *http.Request, kind string) (release func(), err error) {
	if s.limits.failures.wait(r) == 0 && s.limits.unauthenticated.wait(r) == 0 {
		return func() {}, nil
	}
	return s.verifications.acquire(r.Context(), address.Subscriber(r).String()+" "+kind)
}

// recordLimit records in the audit log that an address exceeded a limit. It writes an entry only
// once in a while, since a refusal must cost almost nothing.
func (s *Server) recordLimit(r *http.Request, what string) {
	if from := address.Subscriber(r); s.limits.audited.count(from) == 0 {
		s.db.RecordRateLimit(r.Context(), what, from.String(), db.Event{IP: address.Of(r).String()})
	}
}

// limitAPI counts an API request of p.
func (s *Server) limitAPI(p *Principal) error {
	if p.ServerKey != nil {
		return rateLimitError(max(s.limits.sessions.count(p.ServerKey.ID), s.limits.tenants.count(p.ServerKey.TenantKey)))
	}
	if err := rateLimitError(s.limits.sessions.count(p.Session.ID)); err != nil {
		return err
	}
	if err := rateLimitError(s.limits.people.count(p.Session.UserID)); err != nil || p.Session.TenantKey == "" { // an account session has no tenant
		return err
	}
	return rateLimitError(s.limits.tenants.count(p.Session.TenantKey))
}

// isStatic reports whether a path has a file that is the same for everybody and costs nothing to
// serve. Any page may load it.
func isStatic(path string) bool {
	return strings.HasPrefix(path, "/assets/") || strings.HasPrefix(path, "/v1/") || path == "/embed/worker.js" || path == "/help"
}

// LimitPages limits how often an address gets the pages of next. It does not limit static files, nor
// /oauth/authorize, which is limited by OpenInteraction. It refuses pages as subresources of other
// sites, and in frames unless frames is true.
func (s *Server) LimitPages(next http.Handler, frames bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if (r.Method != http.MethodGet && r.Method != http.MethodHead) || isStatic(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		if isSubresource(r) || (isFramed(r) && !frames) {
			http.Error(w, "Open this page in a browser window.", http.StatusForbidden)
			return
		}
		if r.URL.Path != "/oauth/authorize" {
			if err := rateLimitError(s.limits.pages.count(r)); err != nil {
				s.recordLimit(r, "pages for an address")
				e := s.present(w, r, err)
				e.SetRetryAfter(w)
				http.Error(w, e.Message, e.Status)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// wrongSubjects is a failed attempt to assert a visitor of a tenant, for db.Allow.
func wrongSubjects(r *http.Request, tenant *db.Tenant) []db.Try {
	return db.RecordedAs(db.Event{TenantKey: tenant.Key, IP: address.Of(r).String()}, db.WrongSubjectsFrom.From(address.Subscriber(r).String(), tenant.Key)...)
}
