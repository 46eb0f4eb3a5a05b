package auth

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/company-a/aside/db"
)

// The holder of an IPv6 /48 has 65,536 /64s, but only the limit of sixteen addresses. Other networks are
// not affected.
func TestNetworkLimitIsThatOfSixteenAddresses(t *testing.T) {
	now := time.Now()
	throttle := newAddressThrottle(func() time.Time { return now }, 1, 10, 1)
	from := func(address string) time.Duration { return throttle.count(&http.Request{RemoteAddr: address}) }
	passed := 0
	for i := range 0x10000 {
		if from(fmt.Sprintf("[2001:db8:7:%x::1]:80", i)) == 0 {
			passed++
		}
	}
	if passed != 10*db.NetworkShare {
		t.Errorf("%d pass, want %d", passed, 10*db.NetworkShare)
	}
	if from("[2001:db8:7:ffff::2]:80") == 0 || from("[2001:db8:8::1]:80") != 0 {
		t.Error("it is not by the network")
	}
	for i := range 300 { // each IPv4 address has its own limit
		if from(fmt.Sprintf("192.0.2.%d:80", i%256)) != 0 {
			t.Errorf("192.0.2.%d is refused", i%256)
		}
	}
	for range 20 {
		from("[2001:db8:9::1]:80")
	}
	if from("[2001:db8:9:0:1::]:80") == 0 {
		t.Error("the same /64 passes")
	}
}
