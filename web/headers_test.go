package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
)

func TestEveryPageCarriesTheHeaders(t *testing.T) {
	visits := map[string]*visit{
		"the popup":    {interaction: testInteraction()},
		"a refusal":    {err: &auth.Error{Status: http.StatusBadRequest, Code: "request_expired", Message: "Expired."}},
		"the index":    {},
		"the account":  {},
		"the console":  {},
		"a wrong path": {},
	}
	paths := map[string]string{"the index": "/", "the account": "/account/notes", "the console": "/console/t_shop/keys", "a wrong path": "/nothing/here"}
	for name, v := range visits {
		t.Run(name, func(t *testing.T) {
			path, ok := paths[name]
			if !ok {
				path = "/oauth/authorize?client_id=t_shop&request_uri=urn:one"
			}
			policy := contentPolicy
			if name == "the console" { // also fetches the loader and frames the preview
				policy = strings.Replace(contentPolicy, "connect-src 'self'", "connect-src 'self' https://frame.example/v1/; frame-src https://frame.example/preview", 1)
			}
			h := v.get(t, path).Header()
			for header, want := range map[string]string{
				"Cache-Control":             "no-store",
				"Content-Security-Policy":   policy,
				"Permissions-Policy":        permissionsPolicy,
				"Referrer-Policy":           "no-referrer",
				"X-Content-Type-Options":    "nosniff",
				"Strict-Transport-Security": "max-age=63072000; includeSubDomains",
			} {
				if got := h.Get(header); got != want {
					t.Errorf("%s: %q, want %q", header, got, want)
				}
			}
			opener := "same-origin"
			if name == "the popup" || name == "a refusal" { // keeps its opener
				opener = ""
			}
			if got := h.Get("Cross-Origin-Opener-Policy"); got != opener {
				t.Errorf("Cross-Origin-Opener-Policy: %q, want %q", got, opener)
			}
		})
	}
}

func TestPolicyAllowsNoInlineScript(t *testing.T) {
	for _, never := range []string{"unsafe-inline", "unsafe-eval", "*", "http:", "https:"} {
		if strings.Contains(contentPolicy, never) {
			t.Errorf("the policy says %s: %s", never, contentPolicy)
		}
	}
	for _, always := range []string{"frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(contentPolicy, always) {
			t.Errorf("the policy doesn't say %s: %s", always, contentPolicy)
		}
	}
}

func TestPlainHTTPInDevelopmentIsNotPinnedToTLS(t *testing.T) {
	v := visit{origin: "http://aside.localhost:8080"}
	if got := v.get(t, "/").Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("Strict-Transport-Security on an http origin: %q", got)
	}
}

func TestHashedScriptsAreCachedForever(t *testing.T) {
	v := visit{interaction: testInteraction()}
	for _, path := range assetPaths(t, v.get(t, "/oauth/authorize").Body.String()) {
		w := v.get(t, path)
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, Cache-Control %q", path, w.Code, w.Header().Get("Cache-Control"))
		}
	}
}
