package auth_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// The parameters of each endpoint. The test fails for a new endpoint without an entry.
var (
	jsonParameters = map[string][]string{
		"/passkeys/registration": {"name"}, "/passkeys/login": nil, "/passkeys/confirmation": nil, "/passkeys/accepted": nil, "/account/export": nil,
		"/passkeys/registration/undo":   {"passkey"},
		"/passkeys/registration/finish": {"ceremony", "credential"}, "/passkeys/login/finish": {"ceremony", "credential"},
		"/passkeys/addition/finish": {"ceremony", "credential"}, "/passkeys/confirmation/finish": {"ceremony", "credential"},
		"/passkeys/recovery/finish": {"ceremony", "credential"},
		"/passkeys/addition":        {"attachment"}, "/passkeys/recovery": {"code", "link"}, "/passkeys/recovery/account": {"code", "link"},
		"/oauth/authorize/decision": {"interaction", "decision", "embed_origin"},
	}
	formParameters = map[string][]string{
		"/oauth/par": {"client_id", "response_type", "response_mode", "redirect_uri", "code_challenge_method", "code_challenge", "state", "scope",
			"dpop_jkt", "embed_origin", "identity_handle"},
		"/oauth/token":  {"grant_type", "client_id", "code", "code_verifier", "redirect_uri", "subject_token", "subject_token_type", "assertion", "scope"},
		"/oauth/revoke": {"token", "token_type_hint", "client_id"},
	}
)

// No endpoint accepts text that can't be stored, in any parameter, known or unknown: the answer is
// invalid_request and not an unexpected error.
func TestParametersRefuseTextThatCannotBeStored(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.SignUp(t)
	for _, path := range site.Auth.FrameEndpoints() {
		names, known := formParameters[path]
		if !known {
			t.Errorf("%s has no entry", path)
		}
		for _, name := range append(names, "anything") {
			for _, bad := range []string{"\x00", "x\x00", "x\ny", "\x1b[2J", "\x7f", "\u0085", "\xff", "\xed\xa0\x80"} {
				form := url.Values{"client_id": {alice.Tenant.Key}, "grant_type": {"authorization_code"}}
				form.Set(name, bad)
				site.Send(t, &authtest.Call{Method: http.MethodPost, URL: site.FrameOrigin + path, Form: form, Key: alice.Key}).Refused(t, 400, "invalid_request")
			}
		}
		site.Send(t, &authtest.Call{Method: http.MethodPost, URL: site.FrameOrigin + path, Form: url.Values{"x\x00": {"y"}}}).Refused(t, 400, "invalid_request")
	}
	for _, path := range site.Auth.AccountEndpoints() {
		names, known := jsonParameters[path]
		if !known {
			t.Errorf("%s has no entry", path)
		}
		for _, bad := range []string{`"\u0000"`, `"x\u0000"`, `"x\ny"`, `"\u001b[2J"`, `"\u007f"`, `"\u0085"`, `"\ud800"`, `"\udc00\ud800"`, "\"\xff\"", `{"x": ["\u0000"]}`, `{"\u0000": 1}`} {
			for _, name := range append(names, "anything") {

				answer := post(t, alice, path, `{"`+name+`": `+bad+`}`)
				switch {
				case answer.Status >= 500:
					t.Errorf("%s %s %s: %d %s", path, name, bad, answer.Status, answer.Body)
				case names != nil && answer.Code() != "invalid_request" && answer.Code() != "passkey_refused":
					t.Errorf("%s takes %s as %s: %d %s", path, bad, name, answer.Status, answer.Body)
				}
			}
		}
	}
}

// post sends a body that need not be JSON.
func post(t *testing.T, v *authtest.Visitor, path, body string) *authtest.Answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.Site.AccountOrigin+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for name, cookie := range v.Cookies {
		r.Header.Add("Cookie", name+"="+cookie.Value)
	}
	return v.Site.Do(t, r)
}

// Ambiguous JSON is refused.
func TestABodyIsReadStrictly(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	for _, body := range []string{``, ` `, `null`, `[]`, `"code"`, `{"code": "x"} {}`, `{"code": "x", "code": "y"}`, `{"code": 1}`, `{"code": ["x"]}`, `{`,
		`{"code": ` + strings.Repeat(`[`, 100) + strings.Repeat(`]`, 100) + `}`, `{"code": "` + strings.Repeat("x", 1<<16) + `"}`} {
		post(t, alice, "/passkeys/recovery", body).Refused(t, 400, "invalid_request")
	}
	var o authtest.CeremonyOptions
	if err := json.Unmarshal([]byte(post(t, alice, "/passkeys/login", ``).Must(t, 200).Body), &o); err != nil || o.Ceremony == "" {
		t.Errorf("a sign-in begins with %+v, %v", o, err)
	}
}
