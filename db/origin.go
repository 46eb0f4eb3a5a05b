package db

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// ParseOrigin parses an origin that a person typed and returns it as browsers serialize it (RFC 6454 §6.2, HTML's
// "serialization of an origin"): lower case, IDNA in ASCII form, no default port. It accepts only a scheme, a host
// and a port; http only for this computer (loopback, localhost and *.localhost); no host that looks like another
// one (see lookalike). It returns CodeInvalid, field "origin", with a message that says what to write instead.
func ParseOrigin(s string) (string, error) {
	bad := func(format string, args ...any) (string, error) { return "", invalid("origin", format, args...) }
	const example = "Write it like https://shop.example or https://shop.example:8443."
	switch {
	case s == "":
		return bad("An origin is missing. " + example)
	case len(s) > 300 || !validText(s):
		return bad("An origin must be text, and not this long. " + example)
	case s == "null":
		return bad("The origin null, which sandboxed pages and local files have, can't embed the widget. " + example)
	case strings.ContainsAny(s, " \t\r\n\\,"):
		return bad("Enter one origin at a time, without spaces, commas or backslashes. " + example)
	case strings.Contains(s, "*"):
		return bad("Wildcards are not supported. Add each origin separately, like https://www.shop.example and https://blog.shop.example.")
	}
	scheme, rest, ok := strings.Cut(s, "://")
	scheme = strings.ToLower(scheme)
	switch {
	case !ok && !strings.ContainsAny(s, ":/?#@"):
		return bad("The scheme is missing. Write https:// before the host. " + example)
	case !ok || (scheme != "https" && scheme != "http"):
		return bad("An origin must start with https://. " + example)
	case strings.Contains(rest, "@"):
		return bad("An origin can't have a user name or password. Remove everything up to the @, and make sure that the host after it is yours. " + example)
	}
	rest = strings.TrimSuffix(rest, "/")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		return bad("An origin can't have a path, query or fragment. Remove everything after the host, from %q on. "+example, rest[end:end+1])
	}
	u, err := url.Parse(scheme + "://" + rest)
	if err != nil || u.Host == "" {
		return bad("This is not an origin. " + example)
	}
	host, local, err := parseHost(u.Hostname())
	if err != nil {
		return "", err
	}
	if scheme == "http" && !local {
		return bad("http is only allowed for this computer (localhost, *.localhost, 127.0.0.1, [::1]), since anyone on the network could change the page. Use https://%s.", host)
	}
	port := u.Port()
	if port == "" {
		if strings.HasSuffix(u.Host, ":") {
			return bad("The port is missing after the colon. Write %s://%s, or a number after the colon.", scheme, host)
		}
		return scheme + "://" + host, nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return bad("A port must be a number from 1 to 65535. " + example)
	}
	if (scheme == "https" && n == 443) || (scheme == "http" && n == 80) {
		return scheme + "://" + host, nil
	}
	return scheme + "://" + host + ":" + strconv.FormatUint(n, 10), nil
}

// parseHost returns a host in serialized form and whether it is this computer.
func parseHost(host string) (serialized string, local bool, err error) {
	bad := func(format string, args ...any) (string, bool, error) {
		return "", false, invalid("origin", format, args...)
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Zone() != "" || !ip.IsLoopback() {
			return bad("IP addresses are only allowed for this computer (127.0.0.1, [::1]). Use a host name.")
		}
		return strings.TrimSuffix(net.JoinHostPort(ip.String(), ""), ":"), true, nil
	}
	if strings.HasSuffix(host, ".") {
		return bad("Remove the dot at the end of the host, which browsers treat as another site. Write %s.", strings.TrimRight(host, "."))
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil || ascii == "" || len(ascii) > 253 || !isHostName(ascii) {
		return bad("%q is not a host name. A host name has letters, digits and hyphens, in parts separated by dots.", host)
	}
	last := ascii[strings.LastIndexByte(ascii, '.')+1:]
	if last[0] >= '0' && last[0] <= '9' { // browsers read such a host as an IPv4 address
		return bad("%q is not a host name: browsers read it as an IP address. Use a host name.", host)
	}
	if err := lookalike(host, ascii); err != nil {
		return "", false, err
	}
	return ascii, ascii == "localhost" || strings.HasSuffix(ascii, ".localhost"), nil
}

func isHostName(ascii string) bool {
	for label := range strings.SplitSeq(ascii, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range label {
			if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
				return false
			}
		}
	}
	return true
}
