package auth_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// Generated registrations and sign-ins with one mistake each: every byte that is signed or compared is
// changed once. Each is refused, and none is an unexpected error.
func TestChangedPasskeyResponsesAreRefused(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	mutants := 0
	check := func(name string, a *authtest.Answer, v *authtest.Visitor) {
		mutants++
		if a.Status != 400 && a.Status != 404 {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
		if _, signedIn := v.Cookies["__Host-aside"]; signedIn {
			t.Errorf("%s: there is an account session", name)
			clear(v.Cookies)
		}
	}

	newcomer := site.Visitor(t, shop)
	register := func(name string, edit func(*authtest.Registration)) {
		check("registration, "+name, newcomer.Register(t, edit), newcomer)
	}
	for i := range 32 {
		register(fmt.Sprint("RP ID hash, byte ", i), func(r *authtest.Registration) { r.Data.RPIDHash[i] ^= 1 })
		register(fmt.Sprint("credential id, byte ", i), func(r *authtest.Registration) {
			r.Data.CredentialID = append([]byte(nil), r.Data.CredentialID...)
			r.Data.CredentialID[i] ^= 1
		})
		register(fmt.Sprint("challenge, character ", i), func(r *authtest.Registration) {
			r.ClientData["challenge"] = flipped(r.ClientData["challenge"].(string), i)
		})
		register(fmt.Sprint("public key x, byte ", i), func(r *authtest.Registration) { flipByte(r.Data.PublicKey[-2], i) })
		register(fmt.Sprint("public key y, byte ", i), func(r *authtest.Registration) { flipByte(r.Data.PublicKey[-3], i) })
	}
	for _, origin := range lookAlikes(site.AccountOrigin) {
		register("origin "+origin, func(r *authtest.Registration) { r.ClientData["origin"] = origin })
	}

	alice := site.Visitor(t, shop)
	alice.Register(t).Must(t, 200)
	clear(alice.Cookies)
	login := func(name string, edit func(*authtest.Login)) { check("sign-in, "+name, alice.Login(t, edit), alice) }
	for _, part := range []string{"clientDataJSON", "authenticatorData", "signature", "userHandle"} {
		for i, n := 0, 1; i < n; i++ { // every byte, after signing
			login(fmt.Sprint(part, ", byte ", i), func(l *authtest.Login) {
				l.JSON = func(c map[string]any) {
					response := c["response"].(map[string]any)
					b, err := base64.RawURLEncoding.DecodeString(response[part].(string))
					if err != nil {
						t.Fatal(err)
					}
					n = len(b)
					b[i%n] ^= 1
					response[part] = base64.RawURLEncoding.EncodeToString(b)
				}
			})
		}
	}
	for _, origin := range lookAlikes(site.AccountOrigin) {
		login("origin "+origin, func(l *authtest.Login) { l.ClientData["origin"] = origin })
	}
	for i := range 32 {
		login(fmt.Sprint("challenge, character ", i), func(l *authtest.Login) {
			l.ClientData["challenge"] = flipped(l.ClientData["challenge"].(string), i)
		})
	}
	if t.Logf("%d mutants", mutants); mutants < 300 {
		t.Errorf("only %d mutants", mutants)
	}
	alice.Login(t).Must(t, 200) // a valid one is still accepted
}

func flipByte(coordinate any, i int) { coordinate.([]byte)[i] ^= 1 }

// flipped replaces one character of base64url.
func flipped(s string, i int) string {
	other := "A"
	if s[i] == 'A' {
		other = "B"
	}
	return s[:i] + other + s[i+1:]
}

// lookAlikes returns origins that look like another one.
func lookAlikes(origin string) []string {
	host := strings.TrimPrefix(origin, "http://")
	return []string{
		"", "null", "https://" + host, origin + ".", origin + "0", "http://x." + host, "http://" + host + "@evil.example",
		"http://evil.example/" + host, "http://evil.example#" + origin, "http://evil.example?" + origin, strings.Replace(origin, "aside.", "aside-frame.", 1),
		strings.Replace(origin, "aside.localhost", "aside.localhost.evil.example", 1), strings.Replace(origin, "aside", "аside", 1),
		strings.ReplaceAll(origin, ":", "%3A"), " " + origin, origin + "\x00", "android:apk-key-hash:" + host,
	}
}
