package db

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// wildcardLabel stands for one label of a host, the first: https://*.preview.example.
const wildcardLabel = "*."

// parseEmbedOrigin is ParseOrigin for an origin that may have a wildcard label.
func parseEmbedOrigin(s string) (origin string, wildcard bool, err error) {
	scheme, rest, _ := strings.Cut(s, "://")
	base, wildcard := strings.CutPrefix(rest, wildcardLabel)
	if !wildcard {
		if strings.Contains(s, "*") {
			return "", false, invalid("origin", "A wildcard must be the whole first part of the host, like https://*.preview.example.")
		}
		origin, err = ParseOrigin(s)
		return origin, false, err
	}
	if strings.Contains(base, "*") {
		return "", false, invalid("origin", "There can be only one wildcard, as the whole first part of the host, like https://*.preview.example.")
	}
	if origin, err = ParseOrigin(scheme + "://" + base); err != nil {
		return "", false, err
	}
	scheme, host, _ := strings.Cut(origin, "://")
	name := hostOf(origin)
	if _, err := netip.ParseAddr(name); err == nil {
		return "", false, invalid("origin", "A wildcard needs a host name after it, like https://*.preview.example.")
	}
	// Everybody can get a name below a public suffix. A label below some hosts makes one, like one below compute.amazonaws.com.
	if isPublicSuffix(name) || isPublicSuffix("label."+name) {
		return "", false, invalid("origin", "Anybody can have a host below %s, so a wildcard there would let strangers embed your widget. Use a domain that is yours alone.", name)
	}
	return scheme + "://" + wildcardLabel + host, true, nil
}

// wildcardOf returns the only wildcard that an origin in serialized form can match, or "" if there is none: for an origin
// without a host name, or with a host that is a public suffix itself.
func wildcardOf(origin string) string {
	scheme, rest, _ := strings.Cut(origin, "://")
	label, base, ok := strings.Cut(rest, ".")
	if name := hostOf(origin); !ok || !isHostName(label) || !isHostName(name) || isPublicSuffix(name) {
		return ""
	}
	return scheme + "://" + wildcardLabel + base
}

// onlyByWildcard reports whether an origin is not listed itself, but a wildcard is that it matches.
func onlyByWildcard(origin string, listed []string) bool {
	wildcard := wildcardOf(origin)
	return wildcard != "" && slices.Contains(listed, wildcard) && !slices.Contains(listed, origin)
}

// hostOf returns the host of an origin in serialized form, or "".
func hostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme+"://"+u.Host != origin {
		return ""
	}
	return u.Hostname()
}

// isPublicSuffix reports whether anybody can register a name below a host: it is in the list of publicsuffix.org, with the part
// of companies that give names away, or has one label.
func isPublicSuffix(host string) bool {
	suffix, _ := publicsuffix.PublicSuffix(host)
	return suffix == host
}
