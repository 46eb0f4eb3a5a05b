package db_test

import (
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
		"https://shop\u200b.example":     "https://shop.example", // as browsers map it
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
		"https://xn--.example",
	} {
		if got, err := db.ParseOrigin(in); !db.IsCode(err, db.CodeInvalid) {
			t.Errorf("%q is accepted as %q, %v", in, got, err)
		}
	}
}

func FuzzParseOrigin(f *testing.F) {
	for _, seed := range []string{"https://shop.example:8443", "http://[::1]:80/", "https://bücher.example", "https://a@b", "https://1.2.3.4"} {
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
	})
}
