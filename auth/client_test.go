package auth_test

import (
	"strings"
	"testing"
)

// RFC 9700 §2.1 and §4.1.3: redirect_uri is compared as a string with the tenant's only one, in every
// response mode.
func TestOtherRedirectURIsAreRefused(t *testing.T) {
	site := shared(t)
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
