package address

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestForwardedHeadersNeedATrustedPeer(t *testing.T) {
	const trusted = "10.0.0.0/8, 2001:db8::7"
	type header = map[string][]string
	for name, c := range map[string]struct {
		proxies, peer string
		header        header
		client, host  string
	}{
		"nobody is trusted (CVE-2025-64101)":         {"", "10.0.0.1:99", header{"X-Forwarded-For": {"1.1.1.1"}, "X-Forwarded-Host": {"evil.example"}}, "10.0.0.1", "notes.example"},
		"a peer that is not":                         {trusted, "192.0.2.1:99", header{"X-Forwarded-For": {"1.1.1.1"}, "X-Forwarded-Host": {"evil.example"}, "Forwarded": {"for=1.1.1.1;host=evil.example"}}, "192.0.2.1", "notes.example"},
		"one that is":                                {trusted, "10.0.0.1:99", header{"X-Forwarded-For": {"1.1.1.1"}, "X-Forwarded-Host": {"frames.example"}}, "1.1.1.1", "frames.example"},
		"over IPv6":                                  {trusted, "[2001:db8::7]:99", header{"X-Forwarded-For": {"2001:db8::9"}}, "2001:db8::9", "notes.example"},
		"over IPv4 in IPv6":                          {trusted, "[::ffff:10.0.0.1]:99", header{"X-Forwarded-For": {"::ffff:1.1.1.1"}}, "1.1.1.1", "notes.example"},
		"what the client itself had written":         {trusted, "10.0.0.1:99", header{"X-Forwarded-For": {"9.9.9.9, 1.1.1.1"}, "X-Forwarded-Host": {"evil.example, frames.example"}}, "1.1.1.1", "frames.example"},
		"in a header of its own":                     {trusted, "10.0.0.1:99", header{"X-Forwarded-For": {"9.9.9.9", "1.1.1.1"}}, "1.1.1.1", "notes.example"},
		"two proxies":                                {trusted, "10.0.0.1:99", header{"X-Forwarded-For": {"9.9.9.9, 1.1.1.1, 10.0.0.2"}}, "1.1.1.1", "notes.example"},
		"a client inside":                            {trusted, "10.0.0.1:99", header{"X-Forwarded-For": {"10.0.0.3, 10.0.0.2"}}, "10.0.0.3", "notes.example"},
		"nonsense":                                   {trusted, "10.0.0.1:99", header{"X-Forwarded-For": {"1.1.1.1, unknown"}}, "10.0.0.1", "notes.example"},
		"nonsense behind a proxy":                    {trusted, "10.0.0.1:99", header{"X-Forwarded-For": {"x, 10.0.0.2"}}, "10.0.0.2", "notes.example"},
		"an address with a port":                     {trusted, "10.0.0.1:99", header{"X-Forwarded-For": {"1.1.1.1:1234"}}, "1.1.1.1", "notes.example"},
		"nothing":                                    {trusted, "10.0.0.1:99", header{}, "10.0.0.1", "notes.example"},
		"another header than the proxies'":           {trusted, "10.0.0.1:99", header{"Forwarded": {"for=1.1.1.1;host=evil.example"}, "X-Real-Ip": {"1.1.1.1"}}, "10.0.0.1", "notes.example"},
		"a port by itself is no part of the address": {trusted, "10.0.0.1:99", header{"X-Forwarded-For": {"[2001:db8::9]:1234"}}, "2001:db8::9", "notes.example"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := ParseProxies(c.proxies)
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(http.MethodGet, "http://notes.example/", nil)
			r.RemoteAddr, r.Header = c.peer, c.header
			p.Resolve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if got := Of(r).String(); got != c.client {
					t.Errorf("the client is %s, want %s", got, c.client)
				}
				if r.Host != c.host {
					t.Errorf("the host is %s, want %s", r.Host, c.host)
				}
				for _, name := range forwardingHeaders {
					if r.Header.Get(name) != "" {
						t.Errorf("handlers still see %s", name)
					}
				}
			})).ServeHTTP(httptest.NewRecorder(), r)
		})
	}
}

func TestProxiesAreAddressesAndNetworks(t *testing.T) {
	for _, wrong := range []string{"proxy.example", "10.0.0.0/33", "10.0.0.1:80", "*"} {
		if _, err := ParseProxies(wrong); err == nil {
			t.Errorf("%q is accepted", wrong)
		}
	}
	if p, err := ParseProxies(" 10.0.0.7 ,, 2001:db8::/32,"); err != nil || len(p) != 2 {
		t.Errorf("%v, %v", p, err)
	}
}
