package e2e

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
)

// Every address of internal/server/routes.go has the security headers on https origins, with any status. No policy allows an
// inline script.
func TestResponseHeaders(t *testing.T) {
	t.Parallel()
	address := "127.0.0.1:" + freePort(t)
	const account, frame = "notes.example", "frames.example"
	start(t, "--listen", address, "--origin", "https://"+account, "--frame-origin", "https://"+frame)
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		}},
	}
	for host, paths := range map[string][]string{
		account: {"/", "/account/", "/account", "/console/", "/console", "/recover", "/oauth/authorize", "/oauth/authorize?client_id=t_demo&request_uri=x",
			"/.well-known/oauth-authorization-server", "/.well-known/jwks.json", "/graphql", "/nowhere", "/assets/nothing.js", "POST /graphql", "POST /oauth/authorize/decision",
			"POST /passkeys/registration", "POST /passkeys/registration/finish", "POST /passkeys/registration/undo", "POST /passkeys/login", "POST /passkeys/login/finish",
			"POST /passkeys/addition", "POST /passkeys/confirmation", "POST /passkeys/recovery", "POST /passkeys/accepted", "POST /account/export"},
		frame: {"/", "/v1/aside.js", "/embed/t_demo", "/embed/t_demo?origin=https://evil.example", "/embed/t_nobody", "/preview", "/help", "/graphql", "/nowhere", "/assets/nothing.js",
			"POST /graphql", "POST /oauth/par", "POST /oauth/token", "POST /oauth/revoke"},
		"elsewhere.example": {"/"},
	} {
		for _, path := range paths {
			method := http.MethodGet
			if rest, ok := strings.CutPrefix(path, "POST "); ok {
				method, path = http.MethodPost, rest
			}
			r, err := http.NewRequestWithContext(t.Context(), method, "http://"+host+path, strings.NewReader("{}"))
			must(t, err)
			r.Header.Set("Content-Type", "application/json")
			answer, err := client.Do(r)
			must(t, err)
			_ = answer.Body.Close()
			name, h := method+" "+host+path, answer.Header
			if answer.StatusCode >= 500 {
				t.Errorf("%s: %s", name, answer.Status)
			}
			policy := h.Get("Content-Security-Policy")
			for _, part := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors ", "require-trusted-types-for 'script'", "trusted-types "} {
				if !strings.Contains(policy, part) {
					t.Errorf("%s: the policy lacks %s: %s", name, part, policy)
				}
			}
			if strings.Contains(policy, "unsafe-") {
				t.Errorf("%s: the policy is %s", name, policy)
			}
			if host == account && !strings.Contains(policy, "frame-ancestors 'none'") {
				t.Errorf("%s can be framed: %s", name, policy)
			}
			for header, want := range map[string]string{
				"Strict-Transport-Security": "max-age=63072000", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
				"Permissions-Policy": "publickey-credentials-get=(", "Cross-Origin-Resource-Policy": "origin",
			} {
				if !strings.Contains(h.Get(header), want) {
					t.Errorf("%s: %s is %q", name, header, h.Get(header))
				}
			}
			if public := h.Get("Cross-Origin-Resource-Policy") == "cross-origin"; public && host == account && !strings.HasPrefix(path, "/assets/") {
				t.Errorf("%s may be loaded by any page", name)
			}
			opener := "same-origin"
			if method == http.MethodGet && (strings.HasPrefix(path, "/oauth/authorize") || strings.HasPrefix(path, "/embed/")) {
				opener = "" // the popup and its first page keep their opener
			}
			if got := h.Get("Cross-Origin-Opener-Policy"); got != opener {
				t.Errorf("%s: Cross-Origin-Opener-Policy is %q, not %q: an opener could navigate it, or would lose it", name, got, opener)
			}
			if h.Get("Access-Control-Allow-Origin") != "" && !strings.HasPrefix(path, "/v1/") && !strings.HasPrefix(path, "/assets/") {
				t.Errorf("%s may be read by any page", name)
			}
		}
	}
}

// A client that a trusted proxy serves over plain http is redirected to https. A POST is refused.
func TestForwardedProtoOfATrustedProxy(t *testing.T) {
	t.Parallel()
	address := "127.0.0.1:" + freePort(t)
	start(t, "--listen", address, "--origin", "https://notes.example", "--frame-origin", "https://frames.example", "--trusted-proxies", "127.0.0.0/8")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for method, want := range map[string]int{http.MethodGet: http.StatusPermanentRedirect, http.MethodPost: http.StatusForbidden} {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+"/help?x", nil)
		must(t, err)
		r.Header.Set("X-Forwarded-Host", "frames.example")
		r.Header.Set("X-Forwarded-Proto", "http")
		answer, err := client.Do(r)
		must(t, err)
		_ = answer.Body.Close()
		if kept := answer.Header.Get("Cache-Control"); want < 400 && kept != "no-store" { // cached by a proxy that reports https requests as http, it would loop
			t.Errorf("%s: it may be kept: %q", method, kept)
		}
		if location := answer.Header.Get("Location"); answer.StatusCode != want || (want < 400 && location != "https://frames.example/help?x") {
			t.Errorf("%s: %s to %q", method, answer.Status, location)
		}
	}
}
