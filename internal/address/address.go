package address

import (
	"net/http"
	"net/netip"
)

// Of returns the client's address. Behind trusted proxies, Proxies.Resolve must have run before.
func Of(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{} // not TCP: one address for all
	}
	return a.Addr().Unmap().WithZone("")
}

// Subscriber returns what limits count as one client: an IPv4 address, or the /64 that one subscriber has in IPv6.
func Subscriber(r *http.Request) netip.Addr {
	a := Of(r)
	if !a.Is6() {
		return a
	}
	return Network(a, 64)
}

// Network returns the first address of the network of so many bits around a.
func Network(a netip.Addr, bits int) netip.Addr {
	p, err := a.Prefix(bits)
	if err != nil {
		return a
	}
	return p.Addr()
}
