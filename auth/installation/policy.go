package installation

import (
	"net/url"
	"slices"
	"strings"
)

// fallbacks lists the directives that a browser looks for, in order. It applies the first one that is present (CSP 3
// §6.8.4).
var fallbacks = map[string][]string{
	"script-src": {"script-src-elem", "script-src", "default-src"},
	"frame-src":  {"frame-src", "child-src", "default-src"},
}

// allows reports whether all policies allow an origin for a directive. nonce is the nonce attribute of the script element.
func allows(policies []string, directive, origin, nonce string) bool {
	for _, header := range policies {
		for policy := range strings.SplitSeq(header, ",") { // a header may have several policies
			if !policyAllows(policy, directive, origin, nonce) {
				return false
			}
		}
	}
	return true
}

func policyAllows(policy, directive, origin, nonce string) bool {
	directives := map[string][]string{}
	for part := range strings.SplitSeq(policy, ";") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		if name := strings.ToLower(words[0]); directives[name] == nil { // a repeated directive is ignored
			directives[name] = words[1:len(words):len(words)]
		}
	}
	for _, name := range fallbacks[directive] {
		sources, found := directives[name]
		if !found {
			continue
		}
		if directive == "script-src" && nonce != "" && slices.Contains(sources, "'nonce-"+nonce+"'") {
			return true
		}
		if directive == "script-src" && slices.Contains(sources, "'strict-dynamic'") { // browsers then ignore hosts
			return false
		}
		return slices.ContainsFunc(sources, func(source string) bool { return matches(source, origin) })
	}
	return true
}

// matches reports whether a source of a policy matches an origin (CSP 3 §6.7.2.8).
func matches(source, origin string) bool {
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	source = strings.ToLower(source)
	scheme, host, ok := strings.Cut(source, "://")
	switch {
	case source == "*" || source == u.Scheme+":":
		return true
	case !ok:
		scheme, host = u.Scheme, source
	}
	host, path, _ := strings.Cut(host, "/")
	if path != "" || scheme != u.Scheme { // a source with a path doesn't match the origin's other files
		return false
	}
	if base, wildcard := strings.CutPrefix(host, "*."); wildcard {
		return strings.HasSuffix(u.Host, "."+base)
	}
	return host == u.Host
}
