package auth_test

import (
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// The origin in the client data must be exactly ours: an equivalent URL is refused.
func TestClientDataOfOtherPageIsRefused(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Register(t).Must(t, 200)
	origin := site.AccountOrigin // http://aside.localhost:1234
	set := func(name string, value any) func(map[string]any) {
		return func(data map[string]any) { data[name] = value }
	}
	for name, edit := range map[string]func(map[string]any){
		"a trailing slash":               set("origin", origin+"/"),
		"a path":                         set("origin", origin+"/account"),
		"a query":                        set("origin", origin+"?a=b"),
		"a fragment":                     set("origin", origin+"#top"),
		"user information":               set("origin", strings.Replace(origin, "//", "//shop.example@", 1)),
		"a host in upper case":           set("origin", strings.Replace(origin, "aside", "ASIDE", 1)),
		"a scheme in upper case":         set("origin", strings.Replace(origin, "http", "HTTP", 1)),
		"a trailing dot":                 set("origin", strings.Replace(origin, "localhost", "localhost.", 1)),
		"a port with a zero before":      set("origin", strings.Replace(origin, "localhost:", "localhost:0", 1)),
		"a space after":                  set("origin", origin+" "),
		"another scheme":                 set("origin", strings.Replace(origin, "http", "https", 1)),
		"a list":                         set("origin", []string{origin}),
		"an app":                         set("origin", "android:apk-key-hash:"+authtest.Encode(make([]byte, 32))),
		"null":                           set("origin", "null"),
		"the name in another case alone": func(data map[string]any) { delete(data, "origin"); data["Origin"] = origin },
		"in a frame":                     set("crossOrigin", true),
		"in a frame, in words":           set("crossOrigin", "true"),
		"of a frame, perhaps":            set("crossOrigin", nil),
		"a top origin, our own":          set("topOrigin", origin),
		"a top origin that is empty":     set("topOrigin", ""),
		"in a frame below our own":       func(data map[string]any) { data["crossOrigin"], data["topOrigin"] = true, origin },
	} {
		t.Run(name, func(t *testing.T) {
			site.Visitor(t, alice.Tenant).Register(t, func(r *authtest.Registration) { edit(r.ClientData) }).Refused(t, 400, "passkey_refused")
			alice.Login(t, func(l *authtest.Login) { edit(l.ClientData) }).Refused(t, 400, "passkey_refused")
			alice.Confirm(t, func(l *authtest.Login) { edit(l.ClientData) }).Refused(t, 400, "passkey_refused")
		})
	}
	for name, edit := range map[string]func(map[string]any){
		"not said whether in a frame": func(data map[string]any) { delete(data, "crossOrigin") },
		"more than we know":           set("new_keys_may_be_added_here", "do not compare clientDataJSON against a template"), // §5.8.1.2
	} {
		t.Run(name, func(t *testing.T) { alice.Login(t, func(l *authtest.Login) { edit(l.ClientData) }).Must(t, 200) })
	}
}
