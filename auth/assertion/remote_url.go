package assertion

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"
)

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
