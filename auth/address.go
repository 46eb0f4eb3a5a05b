package auth

import (
	"net/http"
	"net/netip"
)

// Address is where a request comes from, for limits and for the audit log. Whoever serves it has
// put the client's own address into RemoteAddr, if a proxy that is trusted stands between.
func Address(r *http.Request) string { return address(r).String() }

func address(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{} // no TCP: one address for all
	}
	return a.Addr().Unmap().WithZone("")
}

// neighbourhood is what limits count as one address: of IPv6 the /64 that one subscriber has.
func neighbourhood(r *http.Request) netip.Addr {
	a := address(r)
	if !a.Is6() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}
