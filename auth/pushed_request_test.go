package auth_test

import (
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

func TestAPushedRequestIsAnswered(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	proved := func(c *authtest.Call) { c.Key = alice.Key }
	for _, test := range []struct {
		name  string
		edits []func(*authtest.Call)
	}{
		{"with all that the widget sends", nil},
		{"without a response_mode: query is the default of code", edits(param("response_mode"))},
		{"without a scope: notes is the default", edits(param("scope"))},
		{"bound to the key by a proof instead of dpop_jkt", edits(param("dpop_jkt"), proved)},         // RFC 9449 §10.1
		{"bound by both, which agree", edits(proved)},                                                 // RFC 9449 §10.1
		{"from A's own page", edits(param("response_mode", "query"), param("embed_origin"))},          // product: step 6
		{"with a parameter that nobody knows", edits(param("prompt", "login"))},                       // RFC 6749 §3.1: ignored
		{"with a charset", edits(contentType("application/x-www-form-urlencoded; charset=UTF-8"))},    // RFC 9110 §8.3
		{"with every printable character in the state", edits(param("state", printable(0x20, 0x7e)))}, // RFC 6749 Appendix A.5
		{"in a language that nobody speaks", edits(param("ui_locales", "xx tlh-Latn-x-private"))},     // OpenID Connect Core §3.1.2.1: no error
		{"with a state that looks like SQL", edits(param("state", `'; DROP TABLE notes; -- ?0 \ "$1"`))},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := alice.Push(t, test.edits...).Must(t, 201) // RFC 9126 §2.2
			if uri := a.Text("request_uri"); !strings.HasPrefix(uri, "urn:ietf:params:oauth:request_uri:") || len(uri) != 34+43 {
				t.Errorf("request_uri %q", uri)
			}
			var lifetime struct {
				Seconds int `json:"expires_in"`
			}
			if a.JSON(t, &lifetime); lifetime.Seconds != 60 {
				t.Errorf("expires_in %d, want 60", lifetime.Seconds)
			}
			if got := a.Header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control %q", got)
			}
		})
	}
}

func TestAPushedRequestIsRefused(t *testing.T) {
	site := authtest.New(t)
	shop, suspended := site.Tenant(t, "Shop"), site.Tenant(t, "Gone")
	site.Exec(t, `UPDATE tenants SET suspended_at = now() WHERE key = $1`, suspended.Key)
	alice := site.Visitor(t, shop)
	const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636 Appendix B
	for _, test := range []struct {
		name   string
		edits  []func(*authtest.Call)
		status int
		code   string
	}{
		// RFC 6749 §3.2, RFC 9126 §2.3
		{"client_id missing", edits(param("client_id")), 401, "invalid_client"},
		{"client_id unknown", edits(param("client_id", "t_nobody")), 401, "invalid_client"},
		{"client_id not a key at all", edits(param("client_id", "t_' OR true --")), 401, "invalid_client"},
		{"client_id no text", edits(param("client_id", "t_\x00' OR true --")), 400, "invalid_request"},
		{"client_id of a suspended tenant", edits(param("client_id", suspended.Key)), 401, "invalid_client"},
		{"response_type missing", edits(param("response_type")), 400, "unsupported_response_type"},
		{"response_type token", edits(param("response_type", "token")), 400, "unsupported_response_type"},
		{"response_type code token", edits(param("response_type", "code token")), 400, "unsupported_response_type"},
		{"response_mode fragment", edits(param("response_mode", "fragment")), 400, "invalid_request"},
		{"response_mode form_post", edits(param("response_mode", "form_post")), 400, "invalid_request"},
		{"scope of something else", edits(param("scope", "notes admin")), 400, "invalid_scope"},
		{"state too long", edits(param("state", strings.Repeat("s", 1025))), 400, "invalid_request"},
		{"state with a zero byte", edits(param("state", "a\x00b")), 400, "invalid_request"}, // RFC 6749 Appendix A.5
		{"ui_locales too long", edits(param("ui_locales", strings.Repeat("x", 101))), 400, "invalid_request"},
		{"ui_locales with markup", edits(param("ui_locales", `de"><script>`)), 400, "invalid_request"},
		{"ui_locales with a line break", edits(param("ui_locales", "de\nfr")), 400, "invalid_request"},
		{"ui_locales as in a header", edits(param("ui_locales", "de;q=0.5, fr")), 400, "invalid_request"},
		{"state that isn't text", edits(param("state", "\xff\xfe")), 400, "invalid_request"},
		{"content_key_jwk that is no JSON", edits(param("content_key_jwk", "x")), 400, "invalid_request"},
		{"content_key_jwk with its private half", edits(param("content_key_jwk", jwk(`"d":"`+challenge+`"`))), 400, "invalid_request"},
		{"content_key_jwk of another type", edits(param("content_key_jwk", strings.Replace(jwk(), `"EC"`, `"OKP"`, 1))), 400, "invalid_request"},
		{"content_key_jwk of another curve", edits(param("content_key_jwk", strings.Replace(jwk(), "P-256", "P-384", 1))), 400, "invalid_request"},
		{"content_key_jwk off the curve", edits(param("content_key_jwk", strings.Replace(jwk(), `"y":"x_FE`, `"y":"y_FE`, 1))), 400, "invalid_request"},
		{"content_key_jwk without y", edits(param("content_key_jwk", strings.Replace(jwk(), `"y"`, `"z"`, 1))), 400, "invalid_request"},
		{"content_key_jwk with x twice", edits(param("content_key_jwk", jwk(`"x":"`+challenge+`"`))), 400, "invalid_request"},
		{"content_key_jwk too long", edits(param("content_key_jwk", jwk(`"kid":"`+strings.Repeat("k", 1000)+`"`))), 400, "invalid_request"},

		// RFC 7636 §4.3, §4.4.1; CVE-2024-23647
		{"code_challenge missing", edits(param("code_challenge")), 400, "invalid_request"},
		{"code_challenge_method missing, which means plain", edits(param("code_challenge_method")), 400, "invalid_request"},
		{"code_challenge_method plain", edits(param("code_challenge_method", "plain")), 400, "invalid_request"},
		{"code_challenge and its method missing", edits(param("code_challenge"), param("code_challenge_method")), 400, "invalid_request"},
		{"code_challenge too short", edits(param("code_challenge", challenge[1:])), 400, "invalid_request"},

		// RFC 9449 §10, §10.1
		{"neither dpop_jkt nor a proof", edits(param("dpop_jkt")), 400, "invalid_request"},
		{"dpop_jkt malformed", edits(param("dpop_jkt", "abc")), 400, "invalid_request"},
		{"dpop_jkt of another key than the proof's", edits(authtest.WithKey(authtest.NewKey())), 400, "invalid_request"},
		{"a proof of another endpoint", edits(authtest.WithKey(alice.Key), authtest.WithProof(authtest.Claim("htu", site.FrameOrigin+"/oauth/token"))), 400, "invalid_dpop_proof"},

		// Where the widget may be: exact origins (RFC 6454 §5)
		{"embed_origin missing", edits(param("embed_origin")), 400, "invalid_request"},
		{"embed_origin unlisted", edits(param("embed_origin", "https://other.example")), 400, "invalid_request"},
		{"embed_origin http", edits(param("embed_origin", "http://shop.example")), 400, "invalid_request"},
		{"embed_origin on another port", edits(param("embed_origin", "https://shop.example:8443")), 400, "invalid_request"},
		{"embed_origin with a suffix", edits(param("embed_origin", "https://shop.example.evil")), 400, "invalid_request"},
		{"embed_origin a subdomain", edits(param("embed_origin", "https://www.shop.example")), 400, "invalid_request"},
		{"embed_origin with a trailing dot", edits(param("embed_origin", "https://shop.example.")), 400, "invalid_request"},
		{"embed_origin with userinfo", edits(param("embed_origin", "https://shop.example@evil.example")), 400, "invalid_request"},
		{"embed_origin with a path", edits(param("embed_origin", "https://shop.example/")), 400, "invalid_request"},
		{"embed_origin null", edits(param("embed_origin", "null")), 400, "invalid_request"},
		{"embed_origin A's own, where somebody's page is asked for", edits(param("embed_origin", site.FrameOrigin)), 400, "invalid_request"},

		// RFC 9126 §2.1
		{"request_uri in a pushed request", edits(param("request_uri", "urn:ietf:params:oauth:request_uri:x")), 400, "invalid_request"},
		{"request object", edits(param("request", "eyJhbGciOiJub25lIn0.e30.")), 400, "invalid_request"},

		// Clients are public (RFC 6749 §2.1) and have no secret.
		{"client_secret", edits(param("client_secret", "s3cret")), 401, "invalid_client"},
		{"client_assertion", edits(param("client_assertion", "a.b.c")), 401, "invalid_client"},
		{"HTTP Basic", edits(header("Authorization", "Basic dF9zaG9wOnMzY3JldA==")), 401, "invalid_client"},
		{"Bearer", edits(header("Authorization", "Bearer sk_live")), 401, "invalid_client"},

		{"JSON", edits(contentType("application/json")), 400, "invalid_request"},
		{"a body of unreasonable size", edits(param("padding", strings.Repeat("x", 20<<10))), 400, "invalid_request"},
		{"nothing in the body, all in the query", edits(inQuery), 401, "invalid_client"}, // RFC 6749 §3.2
	} {
		t.Run(test.name, func(t *testing.T) {
			a := alice.Push(t, test.edits...)
			a.Refused(t, test.status, test.code)
			if a.Text("request_uri") != "" || a.Text("error_description") == "" {
				t.Errorf("a refusal that says too much or too little: %s", a.Body)
			}
		})
	}
}

// RFC 6749 §3.1: each parameter at most once, even with the same valid value.
func TestRepeatedParametersAreRefused(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	for _, name := range []string{"client_id", "response_type", "response_mode", "redirect_uri", "code_challenge", "code_challenge_method", "state", "scope", "dpop_jkt", "embed_origin", "ui_locales", "unknown"} {
		t.Run(name, func(t *testing.T) {
			alice.Push(t, func(c *authtest.Call) { c.Form[name] = []string{c.Form.Get(name), c.Form.Get(name)} }).Refused(t, 400, "invalid_request")
		})
	}
}
