package e2e

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// These are the requests that a page of another site can make a browser send without a preflight: no custom header, and a
// body of one of three types (Fetch §2.2.2).
func crossSiteRequests() map[string]func(*http.Request) {
	with := func(method string, headers ...string) func(*http.Request) {
		return func(r *http.Request) {
			r.Method = method
			for i := 0; i < len(headers); i += 2 {
				r.Header.Set(headers[i], headers[i+1])
			}
			if method == http.MethodPost {
				r.Header.Set("Origin", "https://evil.example")
				r.Body = io.NopCloser(strings.NewReader("a=1"))
			}
		}
	}
	const site, mode, dest = "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"
	kinds := map[string]func(*http.Request){
		"an image":       with(http.MethodGet, site, "cross-site", mode, "no-cors", dest, "image"),
		"a fetch":        with(http.MethodGet, site, "cross-site", mode, "no-cors", dest, "empty"),
		"a sibling's":    with(http.MethodGet, site, "same-site", mode, "no-cors", dest, "script"),
		"with CORS":      with(http.MethodGet, site, "cross-site", mode, "cors", dest, "empty", "Origin", "https://evil.example"),
		"a fetched head": with(http.MethodHead, site, "cross-site", mode, "no-cors", dest, "empty"),
		"a preflight": with(http.MethodOptions, site, "cross-site", mode, "cors", dest, "empty", "Origin", "https://evil.example",
			"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,dpop"),
		"a form's page":         with(http.MethodPost, site, "cross-site", mode, "navigate", dest, "iframe", "Content-Type", "application/x-www-form-urlencoded"),
		"an old browser's form": with(http.MethodPost, "Content-Type", "application/x-www-form-urlencoded"),
	}
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
		kinds["a post of "+kind] = with(http.MethodPost, site, "cross-site", mode, "no-cors", dest, "empty", "Content-Type", kind)
	}
	return kinds
}

// No page can use up its visitors' rate limits. They can sign in after any number of requests that it makes their browsers
// send.
func TestPagesCannotUseUpAVisitorsRateLimit(t *testing.T) {
	t.Parallel()
	a := start(t, "--rate-limits", "0.01") // 10, 30 and 30 at once
	u, err := url.Parse(a.account)
	must(t, err)
	address := "127.0.0.1:" + u.Port()
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		}},
	}
	send := func(name, where string, edit func(*http.Request)) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, where, nil)
		must(t, err)
		edit(r)
		answer, err := client.Do(r)
		must(t, err)
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500 {
			t.Errorf("%s: %s", name, answer.Status)
		}
		return answer.StatusCode
	}
	authorize := "/oauth/authorize?client_id=t_demo&request_uri=urn:ietf:params:oauth:request_uri:" + strings.Repeat("A", 43)
	for origin, paths := range map[string][]string{
		a.account: {"/", "/account/", "/console/", "/recover", authorize, "/oauth/authorize", "/.well-known/oauth-authorization-server", "/.well-known/jwks.json",
			"/graphql", "/nowhere", "/healthz", "/readyz", "/oauth/authorize/decision", "/account/export", "/passkeys/registration", "/passkeys/registration/finish", "/passkeys/registration/undo",
			"/passkeys/login", "/passkeys/login/finish", "/passkeys/addition", "/passkeys/confirmation", "/passkeys/recovery", "/passkeys/accepted"},
		a.frame: {"/", "/v1/aside.js", "/v1/aside.json", "/embed/t_demo", "/embed/t_nobody", "/preview", "/help", "/graphql", "/nowhere",
			"/oauth/par", "/oauth/token", "/oauth/revoke", "/oauth/token?grant_type=authorization_code&client_id=t_demo&code=x"},
	} {
		for _, path := range paths {
			for kind, edit := range crossSiteRequests() {
				for range 40 {
					if send(kind+" of "+path, origin+path, edit) == http.StatusTooManyRequests {
						break
					}
				}
			}
		}
		for _, path := range []string{"/", "/account/", "/console/", "/recover", authorize} { // other sites can't frame these
			for range 40 {
				send("a frame of "+path, a.account+path, func(r *http.Request) {
					r.Header.Set("Sec-Fetch-Site", "cross-site")
					r.Header.Set("Sec-Fetch-Mode", "navigate")
					r.Header.Set("Sec-Fetch-Dest", "iframe")
				})
			}
		}
	}
	site := authtest.At(t, a.account, a.frame, address)
	alice := site.Visitor(t, &db.Tenant{Key: "t_demo", Name: "Demo", EmbedOrigins: []string{a.shop}})
	for _, where := range []string{a.frame + "/embed/t_demo?origin=" + url.QueryEscape(a.shop), a.account + "/account/", a.account + "/console/", a.account + "/recover"} {
		if status := send("a visit of "+where, where, func(*http.Request) {}); status != http.StatusOK {
			t.Errorf("%s is answered %d", where, status)
		}
	}
	alice.SignUp(t)
	alice.GraphQL(t, "{ __typename }", nil).Must(t, http.StatusOK)
	alice.Account(t, "{ viewer { id } }").Must(t, http.StatusOK)
	bob := site.Visitor(t, alice.Tenant)
	bob.Authenticator = alice.Authenticator
	bob.Login(t).Must(t, http.StatusOK)

	// A client that sends too many requests itself is refused.
	for _, where := range []string{a.frame + "/embed/t_demo", a.account + "/account/", a.account + authorize} {
		refused := false
		for range 60 {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, where, nil)
			must(t, err)
			answer, err := client.Do(r)
			must(t, err)
			_ = answer.Body.Close()
			refused = refused || answer.StatusCode == http.StatusTooManyRequests && answer.Header.Get("Retry-After") != ""
		}
		if !refused {
			t.Errorf("%s has no bound", where)
		}
	}
}
