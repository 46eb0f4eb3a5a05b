package address

import (
	"net/http"
	"net/netip"
)

// Of returns the client's address. Behind trusted proxies, Proxies.Resolve must have run before.
func Of(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{} // not TCP: all clients count as one
	}
	return a.Addr().Unmap().WithZone("")
}

// Subscriber returns the address that limits count by. For IPv6 it is that of the /64, since one subscriber has all of it.
func Subscriber(r *http.Request) netip.Addr {
	a := Of(r)
	if !a.Is6() {
		return a
	}
	return Network(a, 64)
}

// Network returns the first address of a's network, for a prefix of so many bits.
func Network(a netip.Addr, bits int) netip.Addr {
	p, err := a.Prefix(bits)
	if err != nil {
		return a
	}
	return p.Addr()
}
