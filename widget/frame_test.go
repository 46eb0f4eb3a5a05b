package widget_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func TestOnlyTheAskingOriginCanFrameTheWidget(t *testing.T) {
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
		// Whatever is stored for a tenant, only an origin gets into the header.
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
	// A window that this document opens must keep its opener, and so must a window in which it was opened.
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
	if c.Tenant.Key != "t_shop" || c.Tenant.Name != `Shop </script><b>"` || c.Tenant.Accent != "#aa5511" {
		t.Errorf("tenant %+v", c.Tenant)
	}
	if c.AccountOrigin != accountOrigin || c.FrameOrigin != frameOrigin || c.Messages["signingOut"] != "Signing out…" {
		t.Errorf("config %+v", c)
	}
	if c.Policy.Assertion != "REQUIRED" || !c.Policy.VouchedAccounts {
		t.Errorf("policy %+v", c.Policy)
	}
}

// If the page is framed itself, browsers require that each origin around the frame is listed.
func TestFrameAncestorsOfFramedPages(t *testing.T) {
	h := start(t)
	const shop, blog = "https://shop.example", "https://blog.example"
	for query, ancestors := range map[string]string{
		"origin=" + shop + "&ancestor=" + blog:                               shop + " " + blog,
		"origin=" + shop + "&ancestor=" + blog + "&ancestor=" + shop:         shop + " " + blog + " " + shop,
		"origin=" + shop + "&ancestor=https://evil.example":                  shop,
		"origin=" + shop + "&ancestor=http://shop.localhost:8081":            shop, // an embed origin of another tenant
		"origin=" + shop + "&ancestor=https://evil.example&ancestor=" + blog: shop + " " + blog,
		"origin=https://evil.example&ancestor=" + blog:                       "'none'",
		"ancestor=" + blog:              "'none'",
		"origin=" + shop + "&ancestor=": shop,
		"origin=" + shop + "&ancestor=*&ancestor=https:&ancestor=" + shop + "%3Bsandbox": shop,
		"origin=" + shop + strings.Repeat("&ancestor="+blog, 9):                          shop + strings.Repeat(" "+blog, 8),
	} {
		r := get(t, h, "/embed/t_shop?"+query)
		if policy := r.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "; frame-ancestors "+ancestors) {
			t.Errorf("%s: %s\nwant %s", query, policy, ancestors)
		}
	}
}

// Without notes, the page around the frame is told why. The document contains no data, so any page may frame it.
func TestEmbedErrors(t *testing.T) {
	h := start(t)
	for path, c := range map[string]struct {
		status               int
		code, says           string
		visible, neverInPage string
	}{
		"/embed/t_nobody":  {http.StatusNotFound, "tenant_unknown", `"t_nobody"`, "There are no notes here", "aside-config"},
		"/embed/null":      {http.StatusNotFound, "tenant_unknown", `"null"`, "There are no notes here", "aside-config"},
		"/embed/":          {http.StatusNotFound, "tenant_unknown", `""`, "There are no notes here", "aside-config"},
		"/embed/%22%3E%3C": {http.StatusNotFound, "tenant_unknown", `"\"><"`, "There are no notes here", "><\""},
		"/embed/t_broken":  {http.StatusServiceUnavailable, "", "", "Your notes are unavailable right now", "database"},
	} {
		r := get(t, h, path+"?origin=https://shop.example")
		page := body(t, r)
		if r.StatusCode != c.status || !strings.Contains(page, c.visible) || strings.Contains(page, c.neverInPage) {
			t.Errorf("%s: %s\n%s", path, r.Status, page)
		}
		if policy := r.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "; frame-ancestors https://shop.example") {
			t.Errorf("%s: %s", path, policy)
		}
		var reason struct{ Origin, Code, Message, Help string }
		block := regexp.MustCompile(`(?s)<script type="application/json" id="aside-reason">(.*?)</script>`).FindStringSubmatch(page)
		if block == nil || json.Unmarshal([]byte(block[1]), &reason) != nil {
			t.Fatalf("%s: no reason in\n%s", path, page)
		}
		if reason.Origin != "https://shop.example" || reason.Code != c.code || !strings.Contains(reason.Message, c.says) || c.code != "" && !strings.HasSuffix(reason.Help, "/help#"+c.code) {
			t.Errorf("%s: %+v", path, reason)
		}
		for _, query := range []string{"", "?origin=*", "?origin=https://a.example%20https://b.example"} {
			r := get(t, h, path+query)
			if policy := r.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "; frame-ancestors 'none'") || strings.Contains(body(t, r), "<script") {
				t.Errorf("%s%s: %s", path, query, policy)
			}
		}
	}
	r := get(t, h, "/embed/reason.js")
	wantHeader(t, r, "Content-Type", "text/javascript; charset=utf-8")
	wantHeader(t, r, "Cache-Control", "public, max-age=86400")
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

// Only the console may frame the preview. It has an opaque origin without storage, and may connect to nothing.
func TestPreviewHasNoDataAndNoNetwork(t *testing.T) {
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
