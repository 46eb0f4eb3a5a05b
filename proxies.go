package main

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the peers whose X-Forwarded-For, -Host and -Proto count. Those of anybody else
// are taken off before a handler could read them (CVE-2025-64101).
type proxies []netip.Prefix

// parseProxies reads addresses and networks, separated by commas.
func parseProxies(text string) (p proxies, err error) {
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		network, err := netip.ParsePrefix(part)
		if err != nil {
			address, addressErr := netip.ParseAddr(part)
			if addressErr != nil {
				return nil, fmt.Errorf("--trusted-proxies: %q is no address and no network: write them like 10.0.0.7 or 10.0.0.0/8", part)
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		p = append(p, network.Masked())
	}
	return p, nil
}

func (p proxies) trust(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(a.Unmap()) })
}

var forwarding = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Real-Ip"}

// resolve gives next each request as the client sent it: RemoteAddr is the client's address and
// Host the one that it asked for, whatever trusted proxies stand between. Nothing of what is
// forwarded is left, but that a client came by plain http.
func (p proxies) resolve(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.ContainsFunc(forwarding, func(name string) bool { return r.Header[name] != nil }) {
			next.ServeHTTP(w, r)
			return
		}
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		trusted := err == nil && p.trust(peer.Addr())
		r = r.Clone(r.Context())
		client, host, scheme := peer, last(r, "X-Forwarded-Host"), last(r, "X-Forwarded-Proto")
		if trusted {
			client = netip.AddrPortFrom(p.client(peer.Addr(), r.Header.Values("X-Forwarded-For")), 0)
		}
		for _, name := range forwarding {
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

// client is the right-most address that no trusted proxy has: each proxy adds the one that it
// was asked from, and what stands further left is whatever somebody wrote.
func (p proxies) client(peer netip.Addr, forwardedFor []string) netip.Addr {
	hops := strings.Split(strings.Join(forwardedFor, ","), ",")
	client := peer.Unmap()
	for _, hop := range slices.Backward(hops) {
		address, ok := parseHop(strings.TrimSpace(hop))
		if !ok || !p.trust(client) {
			return client
		}
		client = address
	}
	return client
}

// parseHop reads an address, which some proxies write with a port.
func parseHop(s string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return a.Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddrPort(s)
	return a.Addr().Unmap().WithZone(""), err == nil
}

// last is the value that the nearest proxy gave.
func last(r *http.Request, header string) string {
	values := strings.Split(strings.Join(r.Header.Values(header), ","), ",")
	return strings.TrimSpace(values[len(values)-1])
}
