package e2e

import (
	"regexp"
	"strings"
	"testing"
)

// An operator runs commands while the service runs.
func TestAnOperatorManagesATenant(t *testing.T) {
	t.Parallel()
	a := start(t)
	key, _ := a.tenant(t, "The Paper", "paper.localhost")
	for _, c := range []struct {
		args string
		says string // "" if it must fail
	}{
		{"tenant show " + key, `"name":"The Paper"`},
		{"tenant policy " + key + " --assertion required --require-nonce --vouched-accounts", `"policy":{"assertion":"REQUIRED","requireNonce":true,"vouchedAccounts":true,"wildcardOrigins":false}`},
		{"tenant policy " + key + " --no-require-nonce", `"policy":{"assertion":"REQUIRED","requireNonce":false,"vouchedAccounts":true,"wildcardOrigins":false}`},
		{"tenant policy " + key + " --assertion none", ""}, // vouched accounts need assertions
		{"tenant policy t_nobody --assertion none", ""},
		{"tenant origin add " + key + " https://Blog.Example:443", `"https://blog.example"`},
		{"tenant origin add " + key + " https://blog.example/path", ""},
		{"tenant origin add t_nobody https://blog.example", ""},
		{"tenant origin remove " + key + " https://blog.example", `"embedOrigins":["http://paper.localhost`},
		{"tenant origin remove " + key + " https://blog.example", ""},
		{"tenant origin add " + key + " https://ｂｌｏｇ.example", ""},      // looks like another origin
		{"tenant origin add " + key + " https://*.preview.example", ""}, // the policy doesn't allow it
		{"tenant policy " + key + " --wildcard-origins", `"wildcardOrigins":true`},
		{"tenant origin add " + key + " https://*.preview.example", `"https://*.preview.example"`},
		{"tenant origin add " + key + " https://*.github.io", ""}, // a public suffix
		{"tenant rename " + key + " The-New-Paper", `"name":"The-New-Paper"`},
		{"tenant brand " + key + " --name Paper --accent #AA3311", `"branding":{"name":"Paper","accent":"#aa3311"}`},
		{"tenant brand " + key + " --accent=", `"branding":{"name":"Paper","accent":""}`},
		{"tenant brand " + key + " --accent red", ""},
		{"tenant suspend " + key, `"suspendedAt":"20`},
		{"tenant resume " + key, `"suspendedAt":null`},
		{"tenant resume t_nobody", ""},
		{"tenant list", `"id":"t_demo"`},
		{"tenant members list " + key, "[]"},
		{"tenant members invite " + key + " --role admin --origin https://account.example", `"url":"https://account.example/console#invitation=in_`},
		{"tenant members invite t_nobody", ""},
		{"tenant members invitations " + key, `"role":"ADMIN","invitedBy":"the operator"`},
		{"tenant members withdraw " + key + " i_nothing", ""},
		{"tenant members role " + key + " m_nobody admin", ""},
		{"tenant transfer " + key + " m_nobody", ""},
		{"tenant erase " + key + " customer-17", `"erased":true`},
		{"tenant erase t_nobody customer-17", ""},
		{"tenant members remove " + key + " m_nobody", ""},
		{"tenant usage " + key, `"activeUsers":0`},
		{"tenant usage " + key + " --csv --by month --from 2026-01-01 --to 2026-02-01", "tenant,month,active_users,notes,operations\n" + key + ",2026-01,0,0,0\n" + key + ",2026-02,0,0,0\n"},
		{"tenant usage t_nobody", ""},
		{"tenant audit " + key, `"actor":"operator","action":"tenant.suspended"`},
		{"tenant key add " + key, `"secret":"`},
		{"tenant key add " + key, `"kind":"SHARED_SECRET"`},
		{"tenant key add " + key, ""}, // there are already two live keys
		{"tenant key add " + key + " --jwks-url http://127.0.0.1/keys", ""},
		{"tenant key add " + key + " --public-jwk {}", ""},
		{"tenant key list " + key, `"algorithm":"HS256"`},
		{"tenant key revoke " + key + " 01a209af-5666-76ca-be5b-605f33074a75", ""},
		{"tenant key server " + key + " --name backend", `"secret":"sk_`},
		{"tenant key server list " + key, `"name":"backend","prefix":"sk_`},
		{"tenant key server list t_nobody", ""},
		{"tenant key server revoke " + key + " 01a209af-5666-76ca-be5b-605f33074a75", ""},
		{"tenant webhook add " + key + " https://paper.example/hooks --event identity.linked --event identity.erased", `"events":["identity.erased","identity.linked"]`},
		{"tenant webhook add " + key + " https://paper.example/all", `"secret":"whsec_`},
		{"tenant webhook add " + key + " http://paper.example/hooks", ""},
		{"tenant webhook add " + key + " https://paper.example/hooks --event note.written", ""},
		{"tenant webhook add t_nobody https://paper.example/hooks", ""},
		{"tenant webhook list " + key, `"url":"https://paper.example/hooks"`},
		{"tenant webhook list t_nobody", ""},
		{"tenant webhook rotate " + key + " 01a209af-5666-76ca-be5b-605f33074a75", ""},
		{"tenant webhook deliveries " + key + " 01a209af-5666-76ca-be5b-605f33074a75", "[]"},
		{"tenant webhook again " + key + " 01a209af-5666-76ca-be5b-605f33074a75", ""},
		{"tenant webhook remove " + key + " 01a209af-5666-76ca-be5b-605f33074a75", ""},
		{"tenant create --name Evil --origin https://*.example", ""},
		{"tenant show t_nobody", ""},
	} {
		out, err := a.runCommand(t, strings.Fields(c.args)...)
		if (err != nil) != (c.says == "") || !strings.Contains(out, c.says) {
			t.Errorf("aside %s: %s%v", c.args, out, err)
		}
		if err != nil && (strings.Contains(out, "goroutine") || !strings.HasPrefix(out, "aside: ")) {
			t.Errorf("aside %s is no plain refusal: %s", c.args, out)
		}
	}
	// Each key is revoked by its id in the list.
	id := regexp.MustCompile(`"id":"([0-9a-f-]{36})"`)
	for _, kind := range []string{"tenant key ", "tenant key server "} {
		out, err := a.runCommand(t, strings.Fields(kind+"list "+key)...)
		must(t, err)
		for _, m := range id.FindAllStringSubmatch(out, -1) {
			if out, err := a.runCommand(t, strings.Fields(kind+"revoke "+key+" "+m[1])...); err != nil {
				t.Errorf("aside %srevoke: %s", kind, out)
			}
		}
		if left, err := a.runCommand(t, strings.Fields(kind+"list "+key)...); err != nil || strings.Contains(left, `"revoked":false`) || strings.Contains(left, "sk_") {
			t.Errorf("aside %slist, after all were revoked: %s%v", kind, left, err)
		}
	}
	list, err := a.runCommand(t, strings.Fields("tenant webhook list "+key)...)
	must(t, err)
	for i, m := range id.FindAllStringSubmatch(list, -1) {
		args := "tenant webhook " + []string{"rotate", "remove"}[i] + " " + key + " " + m[1]
		if out, err := a.runCommand(t, strings.Fields(args)...); err != nil || !strings.Contains(out, m[1]) {
			t.Errorf("aside %s: %s%v", args, out, err)
		}
	}
	for _, c := range []struct{ args, says string }{
		{"tenant delete " + key + " --name Another", ""},
		{"tenant delete " + key + " --name The-New-Paper", `"id":"` + key + `"`},
		{"tenant delete " + key + " --name The-New-Paper", ""},
		{"tenant resume " + key, ""},
		{"tenant show " + key, `"deletedAt":"20`},
	} {
		if out, err := a.runCommand(t, strings.Fields(c.args)...); (err != nil) != (c.says == "") || !strings.Contains(out, c.says) {
			t.Errorf("aside %s: %s%v", c.args, out, err)
		}
	}
}
