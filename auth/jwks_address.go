package auth

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// errNotPublic is returned for addresses that a tenant must not have us connect to.
var errNotPublic = errors.New("auth: not a public address")

// What is no public address of somebody, and netip doesn't already say so (the IANA registries
// of special-purpose addresses, RFC 6890).
var specialPurpose = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared by carriers' customers, and by clouds
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"), // protocols', with Teredo: an IPv4 address inside
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), // 6to4: an IPv4 address inside
	netip.MustParsePrefix("3fff::/20"),
}

// All IPv6 addresses that are given to anybody to be reached at.
var globalIPv6 = netip.MustParsePrefix("2000::/3")

// publicAddress reports whether an address belongs to the public network.
func publicAddress(ip netip.Addr) bool {
	switch {
	case ip.Is4In6() || ip.Zone() != "",
		!ip.IsGlobalUnicast() || ip.IsPrivate(),
		ip.Is6() && !globalIPv6.Contains(ip):
		return false
	}
	return !slices.ContainsFunc(specialPurpose, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// publicOrLoopback is publicAddress for development, where everybody is on one computer.
func publicOrLoopback(ip netip.Addr) bool { return ip.IsLoopback() || publicAddress(ip) }

// A guardedDialer connects to permitted addresses alone. It looks at the address that is
// connected to, after the name was resolved: what a name resolves to another time is no matter.
type guardedDialer struct {
	permitted func(netip.Addr) bool
	local     bool // names under localhost are this computer (RFC 6761 §6.3)
	resolver  *net.Resolver
}

func (g guardedDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if host, port, err := net.SplitHostPort(address); err == nil && g.local && isLocalhost(host) {
		if _, err := netip.ParseAddr(host); err != nil {
			address = net.JoinHostPort("127.0.0.1", port)
		}
	}
	d := net.Dialer{Timeout: keySetTimeout, KeepAlive: -1 * time.Second, Resolver: g.resolver, Control: g.control}
	return d.DialContext(ctx, network, address)
}

func (g guardedDialer) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !g.permitted(to.Addr()) {
		return errNotPublic
	}
	return nil
}
