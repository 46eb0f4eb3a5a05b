package db_test

import (
	"errors"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
)

func TestParseOrigin(t *testing.T) {
	for in, want := range map[string]string{
		"https://shop.example":           "https://shop.example",
		"https://shop.example/":          "https://shop.example",
		"HTTPS://Shop.Example":           "https://shop.example",
		"https://shop.example:443":       "https://shop.example",
		"https://shop.example:8443":      "https://shop.example:8443",
		"https://bücher.example":         "https://xn--bcher-kva.example",
		"https://xn--bcher-kva.example":  "https://xn--bcher-kva.example",
		"https://BÜCHER.example":         "https://xn--bcher-kva.example",
		"https://bu\u0308cher.example":   "https://xn--bcher-kva.example",      // decomposed, as some keyboards type it
		"https://почта.example":          "https://xn--80a1acny.example",       // another alphabet
		"https://お茶shop.example":         "https://xn--shop-z63cu210c.example", // mixed scripts
		"https://сор.рф":                 "https://xn--n1aeb.xn--p1ai",
		"http://localhost:3000":          "http://localhost:3000",
		"http://shop.localhost:8081":     "http://shop.localhost:8081",
		"http://localhost:80":            "http://localhost",
		"http://127.0.0.1:3000":          "http://127.0.0.1:3000",
		"http://[::1]:3000":              "http://[::1]:3000",
		"https://a-b.shop.example:65535": "https://a-b.shop.example:65535",
	} {
		got, err := db.ParseOrigin(in)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", "null", "shop.example", "//shop.example", "ftp://shop.example", "https:shop.example", "javascript:alert(1)",
		"https://", "https:///", "https://shop.example/path", "https://shop.example?q", "https://shop.example#f",
		"https://user@shop.example", "https://user:pass@shop.example", "https://shop.example@evil.example",
		"https://*.shop.example", "https://shop.example.", "https://.shop.example", "https://shop..example",
		"https://shop.example:", "https://shop.example:0", "https://shop.example:65536", "https://shop.example:http", "https://shop.example:-1",
		"http://shop.example", "http://localhost.example", "http://192.168.1.1", "https://10.0.0.1", "https://0x7f.1", "https://2130706433",
		"https://shop.example\\@evil.example", "https://shop example", " https://shop.example", "https://shop.example\n",
		"https://shop_.example", "https://-shop.example", "https://[::ffff:1.2.3.4]", "https://[fe80::1%25eth0]", "https://shop.example,https://evil.example",
		"https://xn--.example", "https://shop.example\x00", "https://\xff.example", "https://shop.example//",
		// Lookalikes: an invisible character, fullwidth letters, another dot, a Cyrillic о, all Cyrillic, all Greek.
		"https://shop\u200b.example", "https://ｓｈｏｐ.example", "https://shop。example", "https://sh\u043ep.example", "https://xn--shp-uld.example",
		"https://\u0455\u0441\u043e\u0440\u0435.example", "https://\u03bf\u03c4\u03c4\u03bf.example", "https://shop\u00ad.example",
	} {
		if got, err := db.ParseOrigin(in); !db.IsCode(err, db.CodeInvalid) {
			t.Errorf("%q is accepted as %q, %v", in, got, err)
		}
	}
}

// A refused origin's error says what to write instead.
func TestARefusedOriginIsExplained(t *testing.T) {
	for in, says := range map[string]string{
		"shop.example":                        "Write https:// before",
		"https://*.shop.example":              "Add each origin separately",
		"https://a@shop.example":              "everything up to the @",
		"https://shop.example/shop?q":         "Remove everything after the host",
		"https://shop.example.":               "Write shop.example.",
		"http://shop.example":                 "Use https://shop.example.",
		"https://10.0.0.1":                    "Use a host name",
		"https://2130706433":                  "browsers read it as an IP address",
		"https://shop.example:":               "Write https://shop.example, or a number",
		"https://shop.example:99999":          "1 to 65535",
		"https://ｓｈｏｐ.example":                "If you mean shop.example, enter that instead.",
		"https://sh\u043ep.example":           "U+043E",
		"https://\u0440\u0430\u0443.example":  "looks like Latin letters",
		"null":                                "sandbox",
		"https://a.example,https://b.example": "Enter one origin at a time",
	} {
		_, err := db.ParseOrigin(in)
		refused, ok := errors.AsType[*db.Error](err)
		if !ok || refused.Code != db.CodeInvalid || refused.Field != "origin" || !strings.Contains(refused.Message, says) {
			t.Errorf("%q: %v; want it to say %q", in, err, says)
		}
	}
}

func FuzzParseOrigin(f *testing.F) {
	for _, seed := range []string{
		"https://shop.example:8443", "http://[::1]:80/", "https://bücher.example", "https://a@b", "https://1.2.3.4", "http://localhost:3000",
		"https://*.shop.example", "https://shop.example.", "https://shop.example/path?q#f", "https://sh\u043ep.example", "https://xn--80a1acny.example",
		"https://ｓｈｏｐ。example", "https://お茶.example", "https://shop.example:0443", "https://0x7f.1", "HTTPS://SHOP.EXAMPLE", "https://shop.example\x00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		once, err := db.ParseOrigin(in)
		if err != nil {
			return
		}
		if twice, err := db.ParseOrigin(once); err != nil || twice != once {
			t.Errorf("%q gives %q, which gives %q, %v", in, once, twice, err)
		}
		// The stored origin is sent in frame-ancestors and compared with browsers' Origin headers.
		u, err := url.Parse(once)
		if err != nil || u.Scheme+"://"+u.Host != once || strings.Trim(once, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]/") != "" {
			t.Errorf("%q gives %q, which is no serialized origin", in, once)
		}
		if host := u.Hostname(); u.Scheme != "https" && host != "localhost" && !strings.HasSuffix(host, ".localhost") && !net.ParseIP(host).IsLoopback() {
			t.Errorf("%q gives %q, which is not of this computer", in, once)
		}
	})
}
