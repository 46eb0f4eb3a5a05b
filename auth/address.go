package auth

import (
	"net/http"
	"net/netip"
	"time"
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
	return around(a, 64)
}

// around is the network of so many bits that an address is in.
func around(a netip.Addr, bits int) netip.Addr {
	p, err := a.Prefix(bits)
	if err != nil {
		return a
	}
	return p.Addr()
}

// An addressPace is a throttle of addresses and of the networks around them: who holds a /48 of IPv6 has
// 65,536 /64s.
type addressPace struct{ addresses, networks *throttle[netip.Addr] }

// networkShare is how many addresses' allowances the networks have.
const networkShare = 16

func newAddressPace(now func() time.Time, each, atOnce, factor float64) addressPace {
	return addressPace{
		newThrottle[netip.Addr](now, each, atOnce, factor),
		newThrottle[netip.Addr](now, each*networkShare, atOnce*networkShare, factor),
	}
}

// count counts a request, and gives 0, or counts nothing and gives how long to wait.
func (p addressPace) count(r *http.Request) time.Duration {
	if wait := p.wait(r); wait > 0 {
		return wait
	}
	if a := neighbourhood(r); a.Is6() {
		p.networks.count(around(a, 48))
	}
	return p.addresses.count(neighbourhood(r))
}

// wait is count without counting.
func (p addressPace) wait(r *http.Request) time.Duration {
	a := neighbourhood(r)
	wait := p.addresses.wait(a)
	if a.Is6() {
		wait = max(wait, p.networks.wait(around(a, 48)))
	}
	return wait
}
