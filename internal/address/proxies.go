package address

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the trusted peers: only their X-Forwarded-For, -Host and -Proto count. Those of any other peer
// are removed before a handler can read them (CVE-2025-64101).
type Proxies []netip.Prefix

// ParseProxies reads addresses and networks, separated by commas.
func ParseProxies(text string) (p Proxies, err error) {
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		network, err := netip.ParsePrefix(part)
		if err != nil {
			address, addressErr := netip.ParseAddr(part)
			if addressErr != nil {
				return nil, fmt.Errorf("--trusted-proxies: %q is neither an address nor a network: write it like 10.0.0.7 or 10.0.0.0/8", part)
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		p = append(p, network.Masked())
	}
	return p, nil
}

func (p Proxies) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(a.Unmap()) })
}

var forwardingHeaders = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Real-Ip"}

// Resolve passes each request to next as the client sent it: RemoteAddr is the client's address and Host the
// one that it asked for, however many trusted proxies are in between. It removes every forwarding header
// except an X-Forwarded-Proto of http.
func (p Proxies) Resolve(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.ContainsFunc(forwardingHeaders, func(name string) bool { return r.Header[name] != nil }) {
			next.ServeHTTP(w, r)
			return
		}
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		trusted := err == nil && p.trusts(peer.Addr())
		r = r.Clone(r.Context())
		client, host, scheme := peer, lastValue(r, "X-Forwarded-Host"), lastValue(r, "X-Forwarded-Proto")
		if trusted {
			client = netip.AddrPortFrom(p.client(peer.Addr(), r.Header.Values("X-Forwarded-For")), 0)
		}
		for _, name := range forwardingHeaders {
			r.Header.Del(name)
		}
		if trusted {
			r.RemoteAddr = client.String()
			if host != "" {
				r.Host = host
			}
			if strings.EqualFold(scheme, "http") {
				r.Header.Set("X-Forwarded-Proto", "http")
			}
		}
		next.ServeHTTP(w, r)
	})
}

// client returns the right-most address that isn't a trusted proxy's. Each proxy appends the address of its
// peer; anybody can have written what is further left.
func (p Proxies) client(peer netip.Addr, forwardedFor []string) netip.Addr {
	hops := strings.Split(strings.Join(forwardedFor, ","), ",")
	client := peer.Unmap()
	for _, hop := range slices.Backward(hops) {
		address, ok := parseHop(strings.TrimSpace(hop))
		if !ok || !p.trusts(client) {
			return client
		}
		client = address
	}
	return client
}

// parseHop reads an address. Some proxies write it with a port.
func parseHop(s string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return a.Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddrPort(s)
	return a.Addr().Unmap().WithZone(""), err == nil
}

// lastValue returns the value that the nearest proxy added.
func lastValue(r *http.Request, header string) string {
	values := strings.Split(strings.Join(r.Header.Values(header), ","), ",")
	return strings.TrimSpace(values[len(values)-1])
}
