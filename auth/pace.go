package auth

import (
	"errors"
	"net/http"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

// The paces are what may be asked how often on one node. They keep one visitor, one tenant or
// one machine from taking it all; what guards a secret is counted on all nodes together besides
// (db.Rate). A person's widget asks once or twice a second when they type; behind one address
// may be a company. What a session or a server key asks is not counted against its address.
type paces struct {
	sessions  *throttle[uuid.UUID]  // of people and of server keys: each request to the API
	tenants   *throttle[string]     // all of a tenant's sessions and keys together
	addresses *throttle[netip.Addr] // requests that sign in or are on the way to it
	strangers *throttle[netip.Addr] // requests to the API with a credential that is not in order, or none
	noted     *throttle[netip.Addr] // what the audit log is told of those two, by this node
}

func newPaces(now func() time.Time, factor float64) paces {
	return paces{
		sessions:  newThrottle[uuid.UUID](now, 300, 3_000, factor),
		tenants:   newThrottle[string](now, 10_000, 50_000, factor),
		addresses: newThrottle[netip.Addr](now, 100, 3_000, factor),
		strangers: newThrottle[netip.Addr](now, 50, 1_000, factor),
		noted:     newThrottle[netip.Addr](now, 1./600, 1, 1),
	}
}

func tooOften(wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	return refusal(db.RateLimited(wait))
}

// paced bounds how often one address asks h, an endpoint that signs in.
func (s *Server) paced(h http.HandlerFunc, write func(http.ResponseWriter, *http.Request, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := tooOften(s.paces.addresses.count(neighbourhood(r))); err != nil {
			s.noteFlood(r, "sign-ins from an address")
			write(w, r, err)
			return
		}
		h(w, r)
	}
}

// noteFlood has the audit log told, once in a while, that an address asks too often. What turns away
// a flood must cost nearly nothing, so it is not each time that the database is asked.
func (s *Server) noteFlood(r *http.Request, what string) {
	if from := neighbourhood(r); s.paces.noted.count(from) == 0 {
		s.db.NoteRate(r.Context(), what, from.String(), db.Event{IP: Address(r)})
	}
}

// pace counts a request of p to the API.
func (s *Server) pace(p *Principal) error {
	var who uuid.UUID
	var tenant string
	if p.ServerKey != nil {
		who, tenant = p.ServerKey.ID, p.ServerKey.TenantKey
	} else {
		who, tenant = p.Session.ID, p.Session.TenantKey
	}
	if err := tooOften(s.paces.sessions.count(who)); err != nil || tenant == "" { // an account session is of no tenant
		return err
	}
	return tooOften(s.paces.tenants.count(tenant))
}

// recognize finds who is asking, with find, at a bearable pace: requests that bring nothing in
// order are counted against their address, since looking at them costs as much. It gives nil
// for nobody.
func (s *Server) recognize(r *http.Request, find func(*http.Request) (*Principal, error)) (*Principal, error) {
	from := neighbourhood(r)
	if err := tooOften(s.paces.strangers.wait(from)); err != nil {
		s.noteFlood(r, "requests without a session from an address")
		return nil, err
	}
	p, err := find(r)
	var refused *Error
	if p == nil && (err == nil || errors.As(err, &refused)) { // not for faults of ours
		if late := tooOften(s.paces.strangers.count(from)); late != nil {
			return nil, late
		}
	}
	if err != nil || p == nil {
		return nil, err
	}
	p.Address = Address(r)
	return p, s.pace(p)
}
