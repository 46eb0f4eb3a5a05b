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

// The paces are what may be asked how often on one node. They keep one visitor, one tenant or
// one machine from taking it all; what guards a secret is counted on all nodes together besides
// (db.Rate). A person's widget asks once or twice a second when they type; behind one address
// may be a company, and somebody who attacks.
//
// So what nobody can guess (a token, a code, a ticket, a handle, a cookie, a ceremony) is verified
// before any address is looked at, and is never refused for where it comes from. By address are
// counted what was wrong, and what has nothing to verify.
type paces struct {
	sessions  *throttle[uuid.UUID]  // of people and of server keys: each request to the API
	people    *throttle[uuid.UUID]  // all of a person's sessions together
	tenants   *throttle[string]     // all of a tenant's sessions and keys together
	newcomers addressPace           // on the way in, with nothing to verify
	failures  addressPace           // on the way in, with something that is wrong
	strangers addressPace           // requests to the API with a credential that is not in order, or none
	pages     addressPace           // pages that are made for each visit
	noted     *throttle[netip.Addr] // what the audit log is told of those, by this node
}

func newPaces(now func() time.Time, factor float64) paces {
	return paces{
		sessions:  newThrottle[uuid.UUID](now, 300, 3_000, factor),
		people:    newThrottle[uuid.UUID](now, 600, 6_000, factor),
		tenants:   newThrottle[string](now, 10_000, 50_000, factor),
		newcomers: newAddressPace(now, 100, 3_000, factor),
		failures:  newAddressPace(now, 100, 3_000, factor),
		strangers: newAddressPace(now, 50, 1_000, factor),
		pages:     newAddressPace(now, 100, 3_000, factor),
		noted:     newThrottle[netip.Addr](now, 1./600, 1, 1),
	}
}

func tooOften(wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	return refusal(db.RateLimited(wait))
}

// newcomer counts a request on the way in that brings nothing to verify.
func (s *Server) newcomer(r *http.Request) error {
	err := tooOften(s.paces.newcomers.count(r))
	if err != nil {
		s.noteFlood(r, "sign-ins from an address")
	}
	return err
}

// welcome bounds how often one address asks h, an endpoint that gives everybody something.
func (s *Server) welcome(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := s.newcomer(r); err != nil {
			s.writeError(w, r, err)
			return
		}
		h(w, r)
	}
}

// failed counts a refusal on the way in against the address, and gives what to answer: where there
// were too many, when to come back. What is refused for no fault of the credential counts for nothing.
func (s *Server) failed(r *http.Request, e *Error) *Error {
	switch e.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound, http.StatusGone:
	default:
		return e
	}
	if e.blameless {
		return e
	}
	var late *Error
	if !errors.As(tooOften(s.paces.failures.count(r)), &late) {
		return e
	}
	s.noteFlood(r, "failed sign-ins from an address")
	return late
}

// turn waits until it is this request's turn to have something verified. An address from which too much
// was wrong has one thing at a time verified, of each kind: it costs all others no more than that,
// and what is right passes. leave ends the turn.
func (s *Server) turn(r *http.Request, kind string) (leave func(), err error) {
	if s.paces.failures.wait(r) == 0 && s.paces.strangers.wait(r) == 0 {
		return func() {}, nil
	}
	return s.queues.enter(r.Context(), address.Subscriber(r).String()+" "+kind)
}

// noteFlood has the audit log told, once in a while, that an address asks too often. What turns away
// a flood must cost nearly nothing, so it is not each time that the database is asked.
func (s *Server) noteFlood(r *http.Request, what string) {
	if from := address.Subscriber(r); s.paces.noted.count(from) == 0 {
		s.db.RecordRateLimit(r.Context(), what, from.String(), db.Event{IP: address.Of(r).String()})
	}
}

// pace counts a request of p to the API.
func (s *Server) pace(p *Principal) error {
	if p.ServerKey != nil {
		return tooOften(max(s.paces.sessions.count(p.ServerKey.ID), s.paces.tenants.count(p.ServerKey.TenantKey)))
	}
	if err := tooOften(s.paces.sessions.count(p.Session.ID)); err != nil {
		return err
	}
	if err := tooOften(s.paces.people.count(p.Session.UserID)); err != nil || p.Session.TenantKey == "" { // an account session is of no tenant
		return err
	}
	return tooOften(s.paces.tenants.count(p.Session.TenantKey))
}

// recognize finds who is asking, with find, at a bearable pace: requests that bring nothing in
// order are counted against their address, since looking at them costs as much. It gives nil
// for nobody.
func (s *Server) recognize(r *http.Request, find func(*http.Request) (*Principal, error)) (*Principal, error) {
	leave, err := s.turn(r, "api")
	if err != nil {
		return nil, err
	}
	p, err := find(r)
	leave()
	var refused *Error
	if p == nil && (err == nil || errors.As(err, &refused) && !refused.blameless) { // not for faults of ours
		if late := tooOften(s.paces.strangers.count(r)); late != nil {
			s.noteFlood(r, "requests without a session from an address")
			return nil, late
		}
	}
	if err != nil || p == nil {
		return nil, err
	}
	p.Address = address.Of(r).String()
	return p, s.pace(p)
}

// asksAPI reports whether r has the form of a request to the API. Any page can have a visitor's browser
// send others: they are refused whoever asks, and count against nobody.
func asksAPI(r *http.Request) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return r.Method == http.MethodPost && strings.EqualFold(strings.TrimSpace(kind), "application/json")
}
