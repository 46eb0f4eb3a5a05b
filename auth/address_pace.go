package auth

import (
	"net/http"
	"net/netip"
	"time"

	"github.com/company-a/aside/internal/address"
)

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
	if a := address.Subscriber(r); a.Is6() {
		p.networks.count(address.Network(a, 48))
	}
	return p.addresses.count(address.Subscriber(r))
}

// wait is count without counting.
func (p addressPace) wait(r *http.Request) time.Duration {
	a := address.Subscriber(r)
	wait := p.addresses.wait(a)
	if a.Is6() {
		wait = max(wait, p.networks.wait(address.Network(a, 48)))
	}
	return wait
}
