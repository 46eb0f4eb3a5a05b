package assertion

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// errNotPublic is returned for an address to which a tenant must not make us connect.
var errNotPublic = errors.New("assertion: not a public address")

// A dialer connects to permitted addresses only. It checks the address of the connection itself,
// after DNS, so it does not matter what a name resolves to at another time.
type dialer struct {
	permitted func(netip.Addr) bool
	local     bool // names under localhost are this computer (RFC 6761 §6.3)
	resolver  *net.Resolver
}

// newDialer returns a dialer to public addresses; with development also to this computer.
func newDialer(development bool) dialer {
	permitted := publicAddress
	if development {
		permitted = publicOrLoopback
	}
	return dialer{permitted: permitted, local: development, resolver: net.DefaultResolver}
}

// DialContext is for http.Transport.
func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if host, port, err := net.SplitHostPort(address); err == nil && d.local && isLocalhost(host) {
		if _, err := netip.ParseAddr(host); err != nil {
			address = net.JoinHostPort("127.0.0.1", port)
		}
	}
	n := net.Dialer{Timeout: keySetTimeout, KeepAlive: -1 * time.Second, Resolver: d.resolver, Control: d.control}
	return n.DialContext(ctx, network, address)
}

func (d dialer) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !d.permitted(to.Addr()) {
		return errNotPublic
	}
	return nil
}

// specialPurpose are the networks that are not public and that netip does not know (the IANA
// registries of special-purpose addresses, RFC 6890).
var specialPurpose = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared by the customers of carriers and clouds
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"), // for protocols such as Teredo, which contains an IPv4 address
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), // 6to4: contains an IPv4 address
	netip.MustParsePrefix("3fff::/20"),
}

// globalIPv6 contains all public IPv6 addresses.
var globalIPv6 = netip.MustParsePrefix("2000::/3")

// publicAddress reports whether an address is on the public network.
func publicAddress(ip netip.Addr) bool {
	switch {
	case ip.Is4In6() || ip.Zone() != "",
		!ip.IsGlobalUnicast() || ip.IsPrivate(),
		ip.Is6() && !globalIPv6.Contains(ip):
		return false
	}
	return !slices.ContainsFunc(specialPurpose, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// publicOrLoopback is publicAddress for development, where everything may be on one computer.
func publicOrLoopback(ip netip.Addr) bool { return ip.IsLoopback() || publicAddress(ip) }
