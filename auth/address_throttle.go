package auth

import (
	"net/http"
	"net/netip"
	"time"

	"github.com/company-a/aside/internal/address"
)

// An addressThrottle limits requests by address, and for IPv6 by network as well: the holder of a /48
// has 65,536 addresses of subscribers.
type addressThrottle struct{ addresses, networks *throttle[netip.Addr] }

// networkShare is the limit of a network in addresses.
const networkShare = 16

func newAddressThrottle(now func() time.Time, rate, burst, factor float64) addressThrottle {
	return addressThrottle{
		newThrottle[netip.Addr](now, rate, burst, factor),
		newThrottle[netip.Addr](now, rate*networkShare, burst*networkShare, factor),
	}
}

// count counts a request and returns 0, or counts nothing and returns how long to wait.
func (t addressThrottle) count(r *http.Request) time.Duration {
	if wait := t.wait(r); wait > 0 {
		return wait
	}
	if a := address.Subscriber(r); a.Is6() {
		t.networks.count(address.Network(a, 48))
	}
	return t.addresses.count(address.Subscriber(r))
}

// wait returns what count would return, and counts nothing.
func (t addressThrottle) wait(r *http.Request) time.Duration {
	a := address.Subscriber(r)
	wait := t.addresses.wait(a)
	if a.Is6() {
		wait = max(wait, t.networks.wait(address.Network(a, 48)))
	}
	return wait
}
