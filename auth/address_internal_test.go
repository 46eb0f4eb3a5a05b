package auth

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// Who holds a /48 of IPv6 has 65,536 /64s, and sixteen addresses' worth: the last one is refused as well as
// the first, and nobody of another network.
func TestANetworkHasSixteenAddressesWorth(t *testing.T) {
	now := time.Now()
	pace := newAddressPace(func() time.Time { return now }, 1, 10, 1)
	from := func(address string) time.Duration { return pace.count(&http.Request{RemoteAddr: address}) }
	passed := 0
	for i := range 0x10000 {
		if from(fmt.Sprintf("[2001:db8:7:%x::1]:80", i)) == 0 {
			passed++
		}
	}
	if passed != 10*networkShare {
		t.Errorf("%d pass, want %d", passed, 10*networkShare)
	}
	if from("[2001:db8:7:ffff::2]:80") == 0 || from("[2001:db8:8::1]:80") != 0 {
		t.Error("it is not by the network")
	}
	for i := range 300 { // of IPv4 each is one
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
