package widget

import (
	"net/url"
	"strings"
)

// ancestorSources returns the origins around the page as sources of frame-ancestors: browsers require each of them (CSP §6.4.2.1). Only embed
// origins of the tenant are returned.
func ancestorSources(ancestors []string, tenant *Tenant) (sources string) {
	const most = 8 // frames in frames
	for _, origin := range ancestors[:min(len(ancestors), most)] {
		if isOrigin(origin) && tenant.Embeds(origin) {
			sources += " " + origin
		}
	}
	return sources
}

// contentSecurityPolicy returns a policy by which only documents of ancestors, separated by spaces, may frame the page; nobody without any.
func contentSecurityPolicy(ancestors string) string {
	if ancestors == "" {
		ancestors = "'none'"
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
		"base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types worker; " +
		"frame-ancestors " + ancestors
}

// isOrigin reports whether s is an http(s) origin as browsers serialize it (RFC 6454 §6.2), which is safe in a frame-ancestors
// directive: no wildcard, no second source and no other directive, whatever is stored for the tenant.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Scheme+"://"+u.Host != s {
		return false
	}
	return u.Hostname() != "" && strings.Trim(u.Host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") == ""
}
