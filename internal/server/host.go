package server

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// hostOf returns the Host header that browsers send to an origin.
func hostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		panic(err) // checked at start
	}
	return u.Host
}

// normalHost returns a Host header in the form that origins have: in lower case, without the final dot of an absolute
// name (RFC 3986 §3.2.2) and without the scheme's default port (§6.2.3).
func normalHost(host, scheme string) string {
	name, port := strings.ToLower(host), ""
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, ']') {
		name, port = name[:i], name[i:]
	}
	if port == ":" || (scheme == "https" && port == ":443") || (scheme == "http" && port == ":80") {
		port = ""
	}
	return strings.TrimSuffix(name, ".") + port
}

// requireLocalHost refuses requests that name this listener otherwise than by an IP address or as localhost. It keeps
// out web pages on a host name that was pointed here (DNS rebinding).
func requireLocalHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if host != "localhost" && net.ParseIP(strings.Trim(host, "[]")) == nil {
			refuseHost(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func refuseHost(w http.ResponseWriter) { // RFC 9110 §15.5.20
	http.Error(w, "This host is not served here.", http.StatusMisdirectedRequest)
}
