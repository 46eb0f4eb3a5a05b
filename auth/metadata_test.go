package auth_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// RFC 8414 §2 and §3, with RFC 9126 §5, RFC 9207 §3 and RFC 9449 §5.1.
func TestMetadata(t *testing.T) {
	site := shared(t)
	var got map[string]any
	answer := site.Send(t, &authtest.Call{Method: http.MethodGet, URL: site.AccountOrigin + "/.well-known/oauth-authorization-server"}).Must(t, 200)
	answer.JSON(t, &got)
	list := func(s ...any) []any { return s }
	want := map[string]any{
		"issuer":                                         site.AccountOrigin, // §3.3: identical to where it was asked for
		"authorization_endpoint":                         site.AccountOrigin + "/oauth/authorize",
		"pushed_authorization_request_endpoint":          site.FrameOrigin + "/oauth/par",
		"token_endpoint":                                 site.FrameOrigin + "/oauth/token",
		"revocation_endpoint":                            site.FrameOrigin + "/oauth/revoke",
		"jwks_uri":                                       site.AccountOrigin + "/.well-known/jwks.json",
		"require_pushed_authorization_requests":          true,
		"authorization_response_iss_parameter_supported": true,
		"response_types_supported":                       list("code"),
		"response_modes_supported":                       list("query", "web_message"),
		"grant_types_supported":                          list("authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
		"scopes_supported":                               list("notes"),
		"code_challenge_methods_supported":               list("S256"),
		"token_endpoint_auth_methods_supported":          list("none"),
		"revocation_endpoint_auth_methods_supported":     list("none"),
		"dpop_signing_alg_values_supported":              list("ES256"),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the metadata is\n%v\nwant\n%v", got, want)
	}
	if got := answer.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") { // §3.2
		t.Errorf("Content-Type %q", got)
	}
}

// The endpoints that change something accept only POST (RFC 6749 §3.2, RFC 9126 §2, RFC 7009 §2.1), each
// on its own origin.
func TestAnEndpointAnswersOnItsOriginByPOST(t *testing.T) {
	site := shared(t)
	for path, there := range map[string]string{
		"/oauth/par": site.FrameOrigin, "/oauth/token": site.FrameOrigin, "/oauth/revoke": site.FrameOrigin,
		"/oauth/authorize/decision": site.AccountOrigin,
		"/passkeys/registration":    site.AccountOrigin, "/passkeys/registration/finish": site.AccountOrigin,
		"/passkeys/registration/undo": site.AccountOrigin,
		"/passkeys/login":             site.AccountOrigin, "/passkeys/login/finish": site.AccountOrigin,
	} {
		for _, origin := range []string{site.AccountOrigin, site.FrameOrigin} {
			want := http.StatusMethodNotAllowed
			if origin != there {
				want = http.StatusNotFound
			}
			for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
				if got := site.Send(t, &authtest.Call{Method: method, URL: origin + path}).Status; got != want {
					t.Errorf("%s %s%s is answered %d, want %d", method, origin, path, got, want)
				}
			}
			if origin != there {
				if got := site.Send(t, &authtest.Call{Method: http.MethodPost, URL: origin + path}).Status; got != want {
					t.Errorf("POST %s%s is answered %d, want %d", origin, path, got, want)
				}
			}
		}
	}
}
