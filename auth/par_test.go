package auth_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

func TestAPushedRequestIsAnswered(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	proved := func(c *authtest.Call) { c.Key = alice.Key }
	for _, test := range []struct {
		name  string
		edits []func(*authtest.Call)
	}{
		{"with all that the widget sends", nil},
		{"without a response_mode: query is the default of code", edits(param("response_mode"))},
		{"without a scope: notes is the default", edits(param("scope"))},
		{"without a state", edits(param("state"))},
		{"bound to the key by a proof instead of dpop_jkt", edits(param("dpop_jkt"), proved)},         // RFC 9449 §10.1
		{"bound by both, which agree", edits(proved)},                                                 // RFC 9449 §10.1
		{"from A's own page", edits(param("response_mode", "query"), param("embed_origin"))},          // product: step 6
		{"with a parameter that nobody knows", edits(param("prompt", "login"))},                       // RFC 6749 §3.1: ignored
		{"with a charset", edits(contentType("application/x-www-form-urlencoded; charset=UTF-8"))},    // RFC 9110 §8.3
		{"with every printable character in the state", edits(param("state", printable(0x20, 0x7e)))}, // RFC 6749 Appendix A.5
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
		{"client_id twice", edits(param("client_id", shop.Key, shop.Key)), 400, "invalid_request"},
		{"client_id unknown", edits(param("client_id", "t_nobody")), 401, "invalid_client"},
		{"client_id not a key at all", edits(param("client_id", "t_\x00' OR true --")), 401, "invalid_client"},
		{"client_id of a suspended tenant", edits(param("client_id", suspended.Key)), 401, "invalid_client"},
		{"response_type missing", edits(param("response_type")), 400, "unsupported_response_type"},
		{"response_type token", edits(param("response_type", "token")), 400, "unsupported_response_type"},
		{"response_type code token", edits(param("response_type", "code token")), 400, "unsupported_response_type"},
		{"response_mode fragment", edits(param("response_mode", "fragment")), 400, "invalid_request"},
		{"response_mode form_post", edits(param("response_mode", "form_post")), 400, "invalid_request"},
		{"scope of something else", edits(param("scope", "notes admin")), 400, "invalid_scope"},
		{"state too long", edits(param("state", strings.Repeat("s", 1025))), 400, "invalid_request"},
		{"state twice", edits(param("state", "a", "b")), 400, "invalid_request"},
		{"state with a zero byte", edits(param("state", "a\x00b")), 400, "invalid_request"}, // RFC 6749 Appendix A.5
		{"state that isn't text", edits(param("state", "\xff\xfe")), 400, "invalid_request"},

		// RFC 7636 §4.3, §4.4.1; CVE-2024-23647
		{"code_challenge missing", edits(param("code_challenge")), 400, "invalid_request"},
		{"code_challenge_method missing, which means plain", edits(param("code_challenge_method")), 400, "invalid_request"},
		{"code_challenge_method plain", edits(param("code_challenge_method", "plain")), 400, "invalid_request"},
		{"code_challenge and its method missing", edits(param("code_challenge"), param("code_challenge_method")), 400, "invalid_request"},
		{"code_challenge too short", edits(param("code_challenge", challenge[1:])), 400, "invalid_request"},
		{"code_challenge twice", edits(param("code_challenge", challenge, challenge)), 400, "invalid_request"},

		// RFC 9449 §10, §10.1
		{"neither dpop_jkt nor a proof", edits(param("dpop_jkt")), 400, "invalid_request"},
		{"dpop_jkt malformed", edits(param("dpop_jkt", "abc")), 400, "invalid_request"},
		{"dpop_jkt of another key than the proof's", edits(authtest.ProvedBy(authtest.NewKey())), 400, "invalid_request"},
		{"a proof of another endpoint", edits(authtest.ProvedBy(alice.Key), authtest.Proving(authtest.Claim("htu", site.FrameOrigin+"/oauth/token"))), 400, "invalid_dpop_proof"},

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
		{"embed_origin twice", edits(param("embed_origin", "https://shop.example", "https://shop.example")), 400, "invalid_request"},
		{"embed_origin A's own, where somebody's page is asked for", edits(param("embed_origin", site.FrameOrigin)), 400, "invalid_request"},

		// RFC 9126 §2.1
		{"request_uri in a pushed request", edits(param("request_uri", "urn:ietf:params:oauth:request_uri:x")), 400, "invalid_request"},
		{"request object", edits(param("request", "eyJhbGciOiJub25lIn0.e30.")), 400, "invalid_request"},

		// Clients are public (RFC 6749 §2.1): one that has a secret has it from nobody.
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

// RFC 9700 §2.1 and §4.1.3: redirect_uri is compared as a string, with the one that there is.
// Whoever pushes the request, and however the answer is to come, no other place gets a code.
func TestNoOtherRedirectURIThanTheFramePage(t *testing.T) {
	site := authtest.New(t)
	shop, other := site.Tenant(t, "Shop"), site.Tenant(t, "Other")
	alice := site.Visitor(t, shop)
	page := alice.RedirectURI()
	frameHost := strings.TrimPrefix(site.FrameOrigin, "http://")
	redirectURIs := map[string]string{
		"missing":                     "",
		"the tenant's own origin":     "https://shop.example/callback",
		"the tenant's own page":       "https://shop.example/embed/" + shop.Key,
		"another tenant's frame page": strings.Replace(page, shop.Key, other.Key, 1),
		"trailing slash":              page + "/",
		"query":                       page + "?next=https://shop.example",
		"fragment":                    page + "#x",
		"path climbing":               page + "/../" + other.Key,
		"percent-encoded":             strings.Replace(page, "/embed", "/%65mbed", 1),
		"upper-case host":             strings.Replace(page, "aside-frame", "ASIDE-FRAME", 1),
		"https":                       strings.Replace(page, "http:", "https:", 1),
		"no scheme":                   strings.TrimPrefix(page, "http:"),
		"userinfo confusion":          "http://" + frameHost + "@shop.example/embed/" + shop.Key, // CVE-2026-28512
		"userinfo with a password":    "http://" + frameHost + ":x@shop.example/embed/" + shop.Key,
		"userinfo, the other way":     "http://shop.example@" + frameHost + "/embed/" + shop.Key,
		"backslash":                   "http://" + frameHost + `\@shop.example/embed/` + shop.Key,
		"host with a suffix":          strings.Replace(page, frameHost, frameHost+".shop.example", 1),
		"another port":                strings.Replace(page, frameHost, "aside-frame.localhost:1", 1),
		"the account origin":          strings.Replace(page, site.FrameOrigin, site.AccountOrigin, 1),
		"loopback (RFC 8252 §7.3)":    "http://127.0.0.1:9/embed/" + shop.Key,
		"an app's own scheme":         "com.shop:/embed",
		"script":                      "javascript:alert(1)",
		"blank in front":              " " + page,
		"line break":                  page + "\r\nLocation: https://shop.example",
	}
	for _, mode := range []string{"web_message", "query", ""} {
		for name, uri := range redirectURIs {
			t.Run("mode "+mode+", "+name, func(t *testing.T) {
				alice.Push(t, param("response_mode", mode), param("redirect_uri", uri)).Refused(t, 400, "invalid_request")
			})
		}
		t.Run("mode "+mode+", twice", func(t *testing.T) {
			alice.Push(t, param("response_mode", mode), param("redirect_uri", page, "https://shop.example/")).Refused(t, 400, "invalid_request")
		})
	}
}

func edits(e ...func(*authtest.Call)) []func(*authtest.Call) { return e }

func param(name string, values ...string) func(*authtest.Call) {
	return authtest.Param(name, values...)
}

func header(name string, values ...string) func(*authtest.Call) {
	return authtest.WithHeader(name, values...)
}

func contentType(s string) func(*authtest.Call) { return header("Content-Type", s) }

// inQuery sends in the address what belongs into the body.
func inQuery(c *authtest.Call) { c.URL, c.Form = c.URL+"?"+c.Form.Encode(), url.Values{} }

func printable(first, last byte) string {
	var b strings.Builder
	for c := first; c <= last; c++ {
		b.WriteByte(c)
	}
	return b.String()
}
