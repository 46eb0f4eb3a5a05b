package auth_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
)

const accountCookie, browserCookie = "__Host-aside", "__Host-aside_browser"

// displayName returns the name of the signed-in account, or "".
func displayName(t *testing.T, v *authtest.Visitor) string {
	t.Helper()
	return v.Account(t, "{ viewer { id } }").Must(t, 200).Text("DisplayName")
}

func cloneCookies(cookies map[string]*http.Cookie) map[string]*http.Cookie {
	return maps.Clone(cookies)
}

// RFC 6265bis §4.1.3.2: __Host- requires Secure, Path=/ and no Domain. We add HttpOnly and SameSite=Lax.
func TestCookieAttributes(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Register(t).Must(t, 200)
	for _, name := range []string{accountCookie, browserCookie} {
		c := alice.Cookies[name]
		if c == nil {
			t.Errorf("there is no cookie %s", name)
			continue
		}
		if !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 24*60*60 { // as long as a widget session that the account session grants at its end has twelve hours more
			t.Errorf("%s has the attributes of %s", name, strings.Replace(c.String(), c.Value, "…", 1))
		}
	}
	used := alice.Cookies["__Host-aside_used"] // scripts read it, and it says nothing about the account
	if used == nil || used.Value != "1" || !used.Secure || used.HttpOnly || used.Path != "/" || used.Domain != "" || used.SameSite != http.SameSiteLaxMode || used.MaxAge != 400*24*60*60 {
		t.Errorf("a browser with an account has %v", used)
	}
	if len(alice.Cookies) != 3 {
		t.Errorf("there are %d cookies", len(alice.Cookies))
	}
}

// That an account was used is stored at each sign-in, and again when a person who is signed in opens the popup.
func TestAUsedAccountIsRemembered(t *testing.T) {
	const used = "__Host-aside_used"
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	alice := site.Visitor(t, shop)
	alice.Interaction(t)
	if alice.Cookies[used] != nil {
		t.Error("an account was used before anybody had one")
	}
	alice.Register(t).Must(t, 200)
	for name, act := range map[string]func(){"a sign-in": func() { alice.Login(t).Must(t, 200) }, "the popup": func() { alice.Interaction(t) }} {
		delete(alice.Cookies, used)
		act()
		if alice.Cookies[used] == nil {
			t.Errorf("%s isn't remembered", name)
		}
	}
}

// The frame origin never sets a cookie.
func TestFrameOriginSetsNoCookie(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	code := alice.Code(t)
	for name, answer := range map[string]*authtest.Answer{
		"push": alice.Push(t), "redeem": alice.Redeem(t, code), "ask": whoami(t, alice), "revoke": alice.Revoke(t),
	} {
		if len(answer.Cookies) != 0 {
			t.Errorf("%s sets %v", name, answer.Cookies)
		}
	}
}

// CVE-2024-28197: each sign-in sets another cookie, and the previous one is no longer accepted.
func TestCookieChangesAtEachSignIn(t *testing.T) {
	site := authtest.Start(t, authtest.Options{SessionCache: time.Hour}) // also on a node that caches sessions
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	name := alice.Register(t).Must(t, 200).Text("displayName")
	before := cloneCookies(alice.Cookies)
	alice.Login(t).Must(t, 200)
	if alice.Cookies[accountCookie].Value == before[accountCookie].Value {
		t.Error("the cookie is the same")
	}
	if got := displayName(t, alice); got != name {
		t.Errorf("the new cookie is of %q, want %q", got, name)
	}
	alice.Cookies = before
	if got := displayName(t, alice); got != "" {
		t.Errorf("the old cookie still is of %q", got)
	}
}

// Mallory sets her own live cookies in Alice's browser. When Alice signs in, Mallory's copies do not give
// access to Alice's account.
func TestAFixatedCookieIsNotAdopted(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	mallory, alice := site.Visitor(t, shop), site.Visitor(t, shop)
	mallory.Register(t).Must(t, 200)
	alice.Cookies = cloneCookies(mallory.Cookies)
	alices := alice.Register(t).Must(t, 200).Text("displayName")
	if got := displayName(t, alice); got != alices {
		t.Errorf("Alice is %q, want %q", got, alices)
	}
	if alice.Cookies[accountCookie].Value == mallory.Cookies[accountCookie].Value {
		t.Error("Alice signed in with the cookie that Mallory planted")
	}
	if got := displayName(t, mallory); got != "" {
		t.Errorf("Mallory's copy is of %q", got)
	}
}

// An invalid cookie counts as none.
func TestInvalidCookieCountsAsNone(t *testing.T) {
	site, elsewhere := authtest.New(t), authtest.New(t)
	shop := site.Tenant(t, "Shop")
	alice, stranger := site.Visitor(t, shop), elsewhere.Visitor(t, elsewhere.Tenant(t, "Shop"))
	alice.SignUp(t)
	stranger.Register(t).Must(t, 200)
	value := alice.Cookies[accountCookie].Value
	middle := len(value) / 2
	flipped := byte('A')
	if value[middle] == flipped {
		flipped = 'B'
	}
	for name, bent := range map[string]string{
		"a letter changed":               value[:middle] + string(flipped) + value[middle+1:],
		"truncated":                      value[:len(value)-8],
		"empty":                          "",
		"made up":                        "alice",
		"another deployment's":           stranger.Cookies[accountCookie].Value,
		"the browser's under this name":  alice.Cookies[browserCookie].Value,
		"an access token":                alice.Token,
		"the hash of the cookie's value": authtest.Digest(value),
	} {
		t.Run(name, func(t *testing.T) {
			v := *alice
			v.Cookies = map[string]*http.Cookie{accountCookie: {Name: accountCookie, Value: bent}}
			if got := displayName(t, &v); got != "" {
				t.Errorf("it is of %q", got)
			}
			v.Login(t).Must(t, 200) // it does not prevent a sign-in
			if got := displayName(t, &v); got == "" {
				t.Error("signed in, and nobody")
			}
		})
	}
}

// An account session ends after 30 minutes without use, and after 12 hours in any case.
func TestAnAccountSessionEnds(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	for _, test := range []struct {
		name, update string
		alive        bool
	}{
		{"used 29 minutes ago", `last_used_at = now() - interval '29 minutes', idle_until = now() - interval '29 minutes' + idle_timeout`, true},
		{"idle for 31 minutes", `last_used_at = now() - interval '31 minutes', idle_until = now() - interval '31 minutes' + idle_timeout`, false},
		{"made almost twelve hours ago", `expires_at = expires_at - interval '719 minutes'`, true},
		{"made twelve hours ago", `expires_at = expires_at - interval '720 minutes'`, false},
		{"revoked", `revoked_at = now()`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			alice.Register(t).Must(t, 200)
			site.Exec(t, `UPDATE sessions SET `+test.update)
			if got := displayName(t, alice) != ""; got != test.alive {
				t.Errorf("alive: %v, want %v", got, test.alive)
			}
			i := alice.Interaction(t)
			if got := i.DisplayName != ""; got != test.alive {
				t.Errorf("the popup offers to continue: %v, want %v", got, test.alive)
			}
		})
	}
}
