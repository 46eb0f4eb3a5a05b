package auth_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// Any redirect_uri other than the frame page is refused (CVE-2026-28512), and none is an unexpected error.
func FuzzRedirectURI(f *testing.F) {
	site := authtest.New(f)
	alice := site.Visitor(f, site.Tenant(f, "Shop"))
	right := alice.RedirectURI()
	for _, seed := range []string{right, "", right + "/", right + "?x", right + "#x", right + "%00", "//" + right[7:], "http://x@" + right[7:], "https" + right[4:], "javascript:alert(1)", "\x00", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		want := http.StatusBadRequest
		if uri == right {
			want = http.StatusCreated
		}
		alice.Push(t, param("redirect_uri", uri)).Must(t, want)
	})
}

// No invented authenticator response signs anybody in, and none is an unexpected error.
func FuzzAuthenticatorResponse(f *testing.F) {
	site := authtest.New(f)
	alice := site.Visitor(f, site.Tenant(f, "Shop"))
	alice.Register(f).Must(f, http.StatusOK)
	clear(alice.Cookies)
	for i, kind := range []string{"registration", "login"} {
		o := alice.Begin(f, kind)
		stale := alice.Authenticator.Login
		credential := stale(f, o.Options)
		if kind == "registration" {
			credential = authtest.NewAuthenticator(site.AccountOrigin).Register(f, o.Options)
		}
		f.Add(i == 0, []byte(credential))
	}
	for _, seed := range []string{`{}`, `null`, `[]`, `{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXQ"}}`,
		`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"","signature":"","userHandle":""}}`} {
		f.Add(true, []byte(seed))
		f.Add(false, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, registration bool, credential []byte) {
		if !json.Valid(credential) { // the request's body is JSON
			return
		}
		kind := "login"
		if registration {
			kind = "registration"
		}
		o := alice.Begin(t, kind)
		a := alice.Finish(t, kind, o.Ceremony, credential)
		if a.Status != http.StatusBadRequest && a.Status != http.StatusNotFound {
			t.Errorf("%d %s", a.Status, a.Body)
		}
	})
}
