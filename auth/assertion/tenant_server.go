package assertion

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
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

// NewClient returns a client for addresses that a tenant chose. It uses no proxy, follows no redirect, and connects to public
// addresses only; with development also to this computer.
func NewClient(development bool) *http.Client { return newKeySetClient(newDialer(development)) }

// newKeySetClient returns a client that uses no proxy, follows no redirect and connects only
// where the dialer permits.
func newKeySetClient(d dialer) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            d.DialContext,
			TLSHandshakeTimeout:    keySetTimeout,
			DisableKeepAlives:      true, // a reused connection would skip the check of the address
			DisableCompression:     true, // so that maxKeySetSize limits what is read
			MaxResponseHeaderBytes: 16 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// An unreachableError means that a tenant's server did not answer. The tenant gets the same
// message for each cause, after the same time: whether a name resolves, and whether to one of our
// addresses, would reveal what our network looks like.
type unreachableError struct{ cause error }

// Error returns what the tenant's developer is shown.
func (*unreachableError) Error() string {
	return "cannot be reached: its host needs a name that resolves to a public address, and a trusted certificate, and has " +
		seconds(keySetTimeout) + " to answer"
}

// reason returns the cause for the operator's log: with the host's name and addresses, without
// the URL.
func (e *unreachableError) reason() string {
	var at *url.Error
	if errors.As(e.cause, &at) {
		return at.Err.Error()
	}
	return e.cause.Error()
}

const maxURLSize = 2000 // bytes

// CheckURL returns a *db.Error with CodeInvalid and the field for a URL at which a tenant's server cannot be reached. The client of
// NewClient connects to public addresses over https, and with allowLoopback also to this computer over http. of is what the URL is of,
// and example one to write instead.
func CheckURL(field, of, example, s string, allowLoopback bool) error {
	refuse := func(message string) error { return invalidKey(field, message+" Write it like "+example+".") }
	u, err := url.Parse(s)
	switch {
	case s == "" || len(s) > maxURLSize:
		return refuse("The URL of " + of + " is missing or too long.")
	case err != nil || !utf8.ValidString(s) || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return refuse("This is not a URL.")
	case u.User != nil:
		return refuse("Leave out the user name and password.")
	case u.Fragment != "" || strings.Contains(s, "#"):
		return refuse("Leave out everything from the # on.")
	}
	local := isLocalhost(u.Hostname())
	switch _, notIP := netip.ParseAddr(u.Hostname()); {
	case local && !allowLoopback:
		return refuse("This host is this computer itself.")
	case local && (u.Scheme == "http" || u.Scheme == "https"):
		return nil
	case u.Scheme != "https":
		return refuse("It must be served over https.")
	case notIP == nil:
		return refuse("Use a host name, not an IP address.")
	}
	return nil
}

// isLocalhost reports whether a host is this computer (RFC 6761 §6.3).
func isLocalhost(host string) bool {
	host = strings.ToLower(host)
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
