package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestHostRouting(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	address := strings.TrimPrefix(a.account, "http://aside.localhost:")
	for _, c := range []struct {
		method, host, path string
		header             map[string]string
		status             int
	}{
		{"GET", a.account, "/", nil, 200},
		{"GET", a.account, "/.well-known/oauth-authorization-server", nil, 200},
		{"GET", a.frame, "/v1/aside.js", nil, 200},
		{"GET", a.frame, "/embed/t_demo", nil, 200},
		{"GET", a.frame, "/embed/t_nobody", nil, 404},

		// Neither origin serves the paths of the other.
		{"GET", a.account, "/embed/t_demo", nil, 404},
		{"GET", a.account, "/v1/aside.js", nil, 404},
		{"POST", a.account, "/oauth/token", nil, 404},
		{"GET", a.frame, "/oauth/authorize", nil, 404},
		{"POST", a.frame, "/passkeys/login", nil, 404},
		{"POST", a.frame, "/oauth/authorize/decision", nil, 404},

		// A host name may end with a dot and may have capitals.
		{"GET", a.account, "/", map[string]string{"Host": "aside.localhost.:" + address}, 200},
		{"POST", a.account, "/graphql", map[string]string{"Host": "Aside.LocalHost.:" + address, "Origin": a.account}, 415},

		// Unknown hosts get 421 (RFC 9110 §15.5.20), except for health checks. Forwarded headers are ignored.
		{"GET", "http://evil.localhost:" + address, "/", nil, 421},
		{"GET", "http://127.0.0.1:" + address, "/", nil, 421},
		{"GET", "http://127.0.0.1:" + address, "/", map[string]string{"X-Forwarded-Host": strings.TrimPrefix(a.account, "http://")}, 421},
		{"GET", "http://127.0.0.1:" + address, "/healthz", nil, 200},
		{"GET", "http://127.0.0.1:" + address, "/readyz", nil, 200},

		// A POST that a page of another origin makes a browser send is refused.
		{"POST", a.account, "/passkeys/login", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"POST", a.account, "/graphql", map[string]string{"Origin": a.shop}, 403},
		{"POST", a.frame, "/graphql", map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{"POST", a.frame, "/oauth/par", map[string]string{"Origin": a.shop}, 403},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, c.host+c.path, nil)
		must(t, err)
		for name, value := range c.header {
			r.Header.Set(name, value)
			if name == "Host" {
				r.Host = value
			}
		}
		response, err := (&http.Client{Transport: loopback}).Do(r)
		must(t, err)
		body, err := io.ReadAll(response.Body)
		must(t, err)
		must(t, response.Body.Close())
		if response.StatusCode != c.status {
			t.Errorf("%s %s%s %v: %d, not %d: %s", c.method, c.host, c.path, c.header, response.StatusCode, c.status, body)
		}
		if len(response.Cookies()) > 0 && strings.HasPrefix(c.host, a.frame) {
			t.Errorf("the frame origin sets a cookie at %s", c.path)
		}
		if cors := response.Header.Get("Access-Control-Allow-Origin"); cors != "" && !strings.HasPrefix(c.path, "/v1/") && !strings.HasPrefix(c.path, "/assets/") {
			t.Errorf("%s%s may be read by other origins: %s", c.host, c.path, cors)
		}
	}
}
