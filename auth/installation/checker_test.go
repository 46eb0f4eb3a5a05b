package installation_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/installation"
	"github.com/company-a/aside/db"
)

const frame = "https://frame.example"

func TestCheck(t *testing.T) {
	const snippet = `<!doctype html><script src="https://frame.example/v1/aside.js" async></script><aside-notes tenant="t_shop"></aside-notes>`
	pages := map[string]http.HandlerFunc{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if page := pages[r.URL.Path]; page != nil {
			page(w, r)
			return
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(snippet))
	}))
	t.Cleanup(server.Close)
	origin := server.URL
	write := func(body string, policies ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Security-Policy"] = policies
			_, _ = w.Write([]byte(body))
		}
	}
	pages["/good"] = write(snippet)
	pages["/pinned"] = write(strings.Replace(snippet, "aside.js", "aside.0123abcd.js", 1), "script-src 'self' https://*.example; frame-src "+frame)
	pages["/nonce"] = write(strings.Replace(snippet, "<script", `<script nonce="r4nd"`, 1), "script-src 'nonce-r4nd' 'strict-dynamic'; frame-src https:")
	pages["/strict"] = write(snippet, "script-src "+frame+" 'strict-dynamic' 'nonce-x'; frame-src "+frame)
	pages["/blocked"] = write(snippet, "default-src 'self'", "frame-src *")
	pages["/look-alike"] = write(snippet, "default-src https://frame.example.evil.example")
	pages["/meta"] = write(`<meta http-equiv="content-security-policy" content="default-src 'self'">` + snippet)
	pages["/empty"] = write("<p>Hello")
	pages["/text"] = write("<p>&lt;aside-notes tenant=t_shop&gt;<!-- " + snippet + " --><textarea>" + snippet)
	pages["/other"] = write(strings.Replace(snippet, "t_shop", "t_paper", 1))
	pages["/moved"] = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/good", http.StatusFound) }
	pages["/image"] = func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "image/png") }

	shop := &db.Tenant{Key: "t_shop", EmbedOrigins: []string{origin, "https://10.0.0.1.example"}}
	c := installation.New(frame, true)
	for address, want := range map[string]string{ // the checks that fail, or "" if none does
		"/good": "", "/good?x=1#y": "", "/pinned": "", "/nonce": "", "/strict": "Content-Security-Policy", "/blocked": "Content-Security-Policy", "/meta": "Content-Security-Policy",
		"/look-alike": "Content-Security-Policy", "/empty": "Loader Element", "/text": "Loader Element", "/other": "Element",
	} {
		checks := c.Check(t.Context(), shop, origin+address)
		var failed []string
		for _, check := range checks {
			if !check.OK {
				failed = append(failed, check.Name)
			}
		}
		if got := strings.Join(failed, " "); got != want || len(checks) != 5 {
			t.Errorf("%s: %q fail, want %q: %+v", address, got, want, checks)
		}
	}
	// What is no page of the tenant has one check, which fails.
	for address, want := range map[string]string{
		origin + "/nothing": "Page", origin + "/moved": "Page", origin + "/image": "Page",
		"": "Address", "/good": "Address", "ftp://shop.example": "Address", strings.Replace(origin, "://", "://evil@", 1): "Address",
		"https://shop.example": "Embed origin", "https://169.254.169.254/latest": "Address", "http://192.168.0.1": "Address", "javascript:alert(1)": "Address",
	} {
		if checks := c.Check(t.Context(), shop, address); len(checks) != 1 || checks[0].OK || checks[0].Name != want {
			t.Errorf("%q: %+v", address, checks)
		}
	}
}

// In production, a page of this computer or our network is not fetched, even if its name is listed.
func TestOnlyPublicAddresses(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	t.Cleanup(server.Close)
	checks := installation.NewWithoutDelay(frame, false).Check(t.Context(), &db.Tenant{Key: "t_shop", EmbedOrigins: []string{server.URL}}, server.URL)
	if len(checks) != 1 || checks[0].OK || checks[0].Name != "Page" || asked {
		t.Errorf("fetched: %v, %+v", asked, checks)
	}
}
