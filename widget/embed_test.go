package widget_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func TestEmbedIsFramedByExactlyTheOriginThatAsked(t *testing.T) {
	h := start(t)
	for _, c := range []struct{ tenant, origin, ancestor string }{
		{"t_shop", "https://shop.example", "https://shop.example"},
		{"t_shop", "", "'none'"},
		{"t_shop", "https://evil.example", "'none'"},
		{"t_shop", "https://shop.example.evil", "'none'"},
		{"t_shop", "https://shop.example@evil.example", "'none'"},
		{"t_shop", "https://shop.example.", "'none'"},
		{"t_shop", "https://shop.example:444", "'none'"},
		{"t_shop", "http://shop.example", "'none'"},
		// Whatever a tenant has stored, only an origin ever gets into the header.
		{"t_careless", "http://shop.localhost:8081", "http://shop.localhost:8081"},
		{"t_careless", "http://[::1]:8081", "http://[::1]:8081"},
		{"t_careless", "*", "'none'"},
		{"t_careless", "https:", "'none'"},
		{"t_careless", "https://*.example", "'none'"},
		{"t_careless", "https://a.example https://b.example", "'none'"},
		{"t_careless", "https://a.example;script-src *", "'none'"},
		{"t_careless", "https://a.example/", "'none'"},
		{"t_careless", "https://a@b.example", "'none'"},
		{"t_careless", "null", "'none'"},
	} {
		t.Run(c.tenant+" "+c.origin, func(t *testing.T) {
			r := get(t, h, "/embed/"+c.tenant+"?origin="+url.QueryEscape(c.origin))
			if r.StatusCode != http.StatusOK {
				t.Fatal(r.Status)
			}
			wantHeader(t, r, "Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "+
				"img-src 'self' data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types worker; "+
				"frame-ancestors "+c.ancestor)
			framed := c.ancestor != "'none'"
			if origin := config(t, body(t, r)).Origin; (origin != nil) != framed || framed && *origin != c.origin {
				t.Errorf("the document believes to be framed by %v", origin)
			}
		})
	}
}

func TestEmbedKeepsToItself(t *testing.T) {
	r := get(t, start(t), "/embed/t_shop?origin=https://shop.example")
	wantHeader(t, r, "Cache-Control", "no-store")
	wantHeader(t, r, "Content-Type", "text/html; charset=utf-8")
	wantHeader(t, r, "Cross-Origin-Embedder-Policy", "require-corp")
	wantHeader(t, r, "Cross-Origin-Resource-Policy", "cross-origin")
	wantHeader(t, r, "Referrer-Policy", "no-referrer")
	wantHeader(t, r, "X-Content-Type-Options", "nosniff")
	wantHeader(t, r, "Access-Control-Allow-Origin", "")
	wantHeader(t, r, "Set-Cookie", "")
	// A window that this document opens must keep its opener, and one that it was opened in, too.
	wantHeader(t, r, "Cross-Origin-Opener-Policy", "")
	if p := r.Header.Get("Permissions-Policy"); !strings.Contains(p, "publickey-credentials-get=()") {
		t.Errorf("Permissions-Policy: %s", p)
	}
}

func TestEmbedHoldsNoScriptOfItsOwn(t *testing.T) {
	page := body(t, get(t, start(t), "/embed/t_shop"))
	for _, tag := range regexp.MustCompile(`(?i)<script[^>]*>`).FindAllString(page, -1) {
		if !strings.Contains(tag, `type="application/json"`) && !strings.Contains(tag, ` src="/assets/`) {
			t.Errorf("inline script: %s", tag)
		}
	}
	if regexp.MustCompile(`(?i)<style|\son\w+=|\sstyle=|javascript:`).MatchString(page) {
		t.Errorf("inline style or handler in\n%s", page)
	}
	c := config(t, page)
	if c.Tenant.Key != "t_shop" || c.Tenant.Name != `Shop </script><b>"` || c.Tenant.Accent != "light-dark(#aa5511,#aa5511)" {
		t.Errorf("tenant %+v", c.Tenant)
	}
	if c.AccountOrigin != accountOrigin || c.FrameOrigin != frameOrigin || c.Messages["signingOut"] != "Signing out…" {
		t.Errorf("config %+v", c)
	}
	if c.Policy.Assertion != "REQUIRED" || !c.Policy.VouchedAccounts {
		t.Errorf("policy %+v", c.Policy)
	}
}

func TestEmbedWithoutATenant(t *testing.T) {
	h := start(t)
	r := get(t, h, "/embed/t_nobody?origin=https://shop.example")
	if page := body(t, r); r.StatusCode != http.StatusNotFound || strings.Contains(page, "<script") || !strings.Contains(page, "There are no notes here") {
		t.Errorf("unknown tenant: %s\n%s", r.Status, page)
	}
	if csp := r.Header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "frame-ancestors 'none'") {
		t.Errorf("unknown tenant: %s", csp)
	}
	if r := get(t, h, "/embed/t_broken"); r.StatusCode != http.StatusServiceUnavailable || strings.Contains(body(t, r), "database") {
		t.Errorf("failed lookup: %s", r.Status)
	}
}

type frameConfig struct {
	Tenant struct {
		Key, Name, Accent string
		Suspended         bool
	}
	Origin                     *string
	AccountOrigin, FrameOrigin string
	Policy                     struct {
		Assertion       string
		VouchedAccounts bool
	}
	Extras   string
	Messages map[string]any
}

func config(t *testing.T, page string) (c frameConfig) {
	t.Helper()
	block := regexp.MustCompile(`(?s)<script type="application/json" id="aside-config">(.*?)</script>`).FindStringSubmatch(page)
	if block == nil {
		t.Fatalf("no configuration in\n%s", page)
	}
	if err := json.Unmarshal([]byte(block[1]), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// The preview is the console's alone to frame, has an origin of its own that nothing is kept for, and reaches nobody.
func TestThePreviewHasNothingAndReachesNobody(t *testing.T) {
	r := get(t, start(t), "/preview?tenant=t_shop&origin=https://shop.example")
	wantHeader(t, r, "Content-Security-Policy", "default-src 'none'; script-src "+frameOrigin+"/assets/; style-src "+frameOrigin+"/assets/; "+
		"img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "+
		"sandbox allow-scripts; frame-ancestors "+accountOrigin)
	wantHeader(t, r, "Set-Cookie", "")
	page := body(t, r)
	if strings.Contains(page, "t_shop") || strings.Contains(page, "shop.example") {
		t.Errorf("it knows a tenant: %s", page)
	}
}
