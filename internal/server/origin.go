package server

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// originOf returns the configured origin, in which port 0 means the listener's, or else host at the listener's port.
func originOf(configured, host string, listener net.Listener) string {
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		panic(err) // a TCP listener's address has a port
	}
	switch {
	case configured == "":
		return "http://" + host + ":" + port
	case strings.HasSuffix(configured, ":0"):
		return withoutZeroPort(configured) + ":" + port
	default:
		return configured
	}
}

func withoutZeroPort(origin string) string { return strings.TrimSuffix(origin, ":0") }

// checkOrigins refuses a frame origin on which a flaw in the notes could reach the passkeys. It returns a
// warning if the two origins are on one site.
func checkOrigins(account, frame string) (warning string, err error) {
	a, err := url.Parse(account)
	if err != nil {
		return "", err
	}
	f, err := url.Parse(frame)
	if err != nil {
		return "", err
	}
	if a.Scheme != f.Scheme {
		return "", fmt.Errorf("the account origin %s and the frame origin %s need the same scheme", account, frame)
	}
	if net.ParseIP(a.Hostname()) != nil {
		return "", fmt.Errorf("the account origin %s is an IP address, which cannot be an RP ID: use a host name", account)
	}
	if f.Hostname() == a.Hostname() || strings.HasSuffix(f.Hostname(), "."+a.Hostname()) {
		return "", fmt.Errorf("the frame origin %s must not be on the account origin's host or a subdomain of it: a page there could use the account's passkeys. Use another host, preferably on another domain", frame)
	}
	siteA, errA := publicsuffix.EffectiveTLDPlusOne(a.Hostname())
	siteF, errF := publicsuffix.EffectiveTLDPlusOne(f.Hostname())
	if errA == nil && errF == nil && siteA == siteF {
		return fmt.Sprintf("the account origin and the frame origin are both on the site %s: a frame origin on another registrable domain separates their cookies better", siteA), nil
	}
	return "", nil
}
