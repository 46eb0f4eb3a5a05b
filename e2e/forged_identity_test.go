package e2e

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v3/jwa"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// Every such widget must withstand this attack: a visitor changes the e-mail address that the page passes to the widget, or
// reuses another person's token, to read that person's notes. The attack fails for every way to identify a visitor.

// identification is one way to identify a visitor.
type identification struct {
	// present returns what the page receives for a subject. It is bound to the widget's key unless nonce is "".
	present func(subject, nonce string) string
	// forge returns the forgeries that are possible without the company's keys, or nil.
	forge func(token, subject string) []string
	// bound reports whether says uses the nonce.
	bound bool
}

// Joe has notes. Mallory has an account, a customer number and everything that Joe's browser sends.
func TestForgedIdentitiesReadNoNotes(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	modes := map[string]func(*testing.T, *company) identification{
		"HS256": func(t *testing.T, c *company) identification { return signedIdentification(c, c.addSigner(t, "HS256")) },
		"ES256": func(t *testing.T, c *company) identification { return signedIdentification(c, c.addSigner(t, "ES256")) },
		"JWKS": func(t *testing.T, c *company) identification {
			signer := authtest.NewSigner("ES256")
			published := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{signer.JWK()}})
			}))
			t.Cleanup(published.Close)
			c.addKey(t, db.JWKSURL, "", "", published.URL+"/keys.json")
			return signedIdentification(c, signer)
		},
		"JWE": func(t *testing.T, c *company) identification {
			signer := c.addSigner(t, "ES256")
			return identification{
				present: func(subject, nonce string) string {
					return c.encrypt(t, jwa.ECDH_ES(), c.assert(signer, subject, nonce))
				},
				// Anyone can encrypt with the public key, so the claims are unsigned or signed with the attacker's key.
				forge: func(token, subject string) []string {
					parts := strings.Split(token, ".")
					parts[3] = flip(parts[3])
					own := c.assert(authtest.NewSigner("ES256"), subject, "")
					return []string{strings.Join(parts, "."), c.encrypt(t, jwa.ECDH_ES(), own), c.encrypt(t, jwa.ECDH_ES(), `{"sub":"`+subject+`"}`)}
				},
				bound: true,
			}
		},
		"ticket": func(t *testing.T, c *company) identification {
			serverKey := c.serverKey(t)
			return identification{
				present: func(subject, _ string) string { return c.ticket(t, serverKey, subject) },
				forge: func(token, subject string) []string {
					return []string{token[:len(token)-1] + map[bool]string{true: "b", false: "a"}[token[len(token)-1] == 'a'], "tk_" + subject, subject + "@post.example"}
				},
			}
		},
	}
	for name, make := range modes {
		t.Run(name, func(t *testing.T) {
			c := a.company(t, "The Paper", "paper.localhost", optional)
			attackPasskeyAccount(t, c, make(t, c))
		})
		t.Run("vouched by "+name, func(t *testing.T) {
			c := a.company(t, "The Paper", "paper.localhost", db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true})
			attackVouchedAccount(t, c, make(t, c))
		})
	}
}

func signedIdentification(c *company, signer *authtest.Signer) identification {
	return identification{
		present: func(subject, nonce string) string { return c.assert(signer, subject, nonce) },
		forge: func(token, subject string) []string {
			part := strings.Split(token, ".")
			claims, _ := base64.RawURLEncoding.DecodeString(part[1])
			bend := func(old, new string) string {
				bent := strings.ReplaceAll(string(claims), old, new)
				if bent == string(claims) {
					panic("nothing was bent")
				}
				return base64.RawURLEncoding.EncodeToString([]byte(bent))
			}
			address := bend(`"email":"mallory@post.example"`, `"email":"`+subject+`@post.example"`)
			number := bend(`"sub":"mallory"`, `"sub":"`+subject+`"`)
			unsigned := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`))
			return []string{
				part[0] + "." + address + "." + part[2],
				part[0] + "." + number + "." + part[2],
				unsigned + "." + number + ".",
				c.assert(authtest.NewSigner(signer.Algorithm), subject, "", authtest.Header("kid", signer.KeyID)),
			}
		},
		bound: true,
	}
}

// flip changes a bit of something in base64url.
func flip(s string) string {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	b[0] ^= 1
	return base64.RawURLEncoding.EncodeToString(b)
}

func attackPasskeyAccount(t *testing.T, c *company, m identification) {
	joe, mallory := c.visitor(t), c.visitor(t)
	token := m.present("joe", joe.Key.Thumbprint())
	handle := c.handle(t, token, joe.Key)
	c.signIn(t, joe, handle)
	secret := write(t, joe, "Joe's secret")
	sees := func(t *testing.T, how string) {
		t.Helper()
		if got := read(t, mallory); strings.Contains(got, "Joe's secret") {
			t.Errorf("%s, Mallory reads %s", how, got)
		}
		if got := mallory.GraphQL(t, `query ($id: ID!) { note(id: $id) { title } }`, map[string]any{"id": secret}).Body; got != `{"data":{"note":null}}` {
			t.Errorf("%s, Joe's note is %s", how, got)
		}
	}

	// Joe's e-mail address or number in Mallory's own assertion.
	for i, bent := range m.forge(m.present("mallory", mallory.Key.Thumbprint()), "joe") {
		if answer := c.exchange(t, bent, mallory.Key); answer.Status != http.StatusBadRequest || answer.Code() != "assertion_rejected" {
			t.Errorf("bent in way %d: %d %s", i, answer.Status, answer.Body)
		}
	}
	// What Joe's browser has already used.
	c.exchange(t, token, mallory.Key).Refused(t, http.StatusBadRequest, "assertion_rejected")
	mallory.Push(t, authtest.Param("identity_handle", handle)).Refused(t, http.StatusBadRequest, "invalid_identity_handle")
	if m.bound { // made for Joe's browser and unused
		c.exchange(t, m.present("joe", joe.Key.Thumbprint()), mallory.Key).Refused(t, http.StatusBadRequest, "assertion_rejected")
	}
	// Joe's access token with Mallory's key, and with the proof of one of Joe's requests.
	thief := *mallory
	thief.Token = joe.Token
	thief.GraphQL(t, noteTitles, nil).Refused(t, http.StatusUnauthorized, "invalid_token")
	proof := joe.Key.Proof(http.MethodPost, c.aside.frame+"/graphql", joe.Token)
	joe.GraphQL(t, noteTitles, nil, authtest.WithHeader("DPoP", proof)).Must(t, http.StatusOK)
	thief.GraphQL(t, noteTitles, nil, authtest.WithHeader("DPoP", proof)).Refused(t, http.StatusUnauthorized, "invalid_dpop_proof")

	// In the worst case: an unused assertion that is bound to no key and names Joe. It opens nothing, since Joe's number is
	// already linked to another account.
	stolen := c.handle(t, m.present("joe", ""), mallory.Key)
	if question := c.signIn(t, mallory, stolen); question != "linked_elsewhere" {
		t.Errorf("Mallory is asked %q", question)
	}
	sees(t, "as Joe")
	// Even the company can't open Joe's notes by asserting his e-mail address for Mallory.
	same := c.visitor(t)
	c.signIn(t, same, c.handle(t, m.present("mallory", ""), same.Key))
	mallory.Token, mallory.Key = same.Token, same.Key
	sees(t, "as a customer of their own")
	if got := read(t, joe); !strings.Contains(got, "Joe's secret") {
		t.Errorf("Joe himself sees %s", got)
	}
}

// Here the company's assertion does open notes. It must be the company's, for this visitor, and unused.
func attackVouchedAccount(t *testing.T, c *company, m identification) {
	joe, mallory := c.visitor(t), c.visitor(t)
	token := m.present("joe", joe.Key.Thumbprint())
	joe.Token = c.openVouched(t, token, joe.Key).Must(t, http.StatusOK).Text("access_token")
	secret := write(t, joe, "Joe's secret")

	for i, bent := range m.forge(m.present("mallory", mallory.Key.Thumbprint()), "joe") {
		if answer := c.openVouched(t, bent, mallory.Key); answer.Status != http.StatusBadRequest || answer.Code() != "assertion_rejected" {
			t.Errorf("bent in way %d: %d %s", i, answer.Status, answer.Body)
		}
	}
	c.openVouched(t, token, mallory.Key).Refused(t, http.StatusBadRequest, "assertion_rejected")
	if m.bound {
		c.openVouched(t, m.present("joe", joe.Key.Thumbprint()), mallory.Key).Refused(t, http.StatusBadRequest, "assertion_rejected")
	}
	thief := *mallory
	thief.Token = joe.Token
	thief.GraphQL(t, noteTitles, nil).Refused(t, http.StatusUnauthorized, "invalid_token")

	mallory.Token = c.openVouched(t, m.present("mallory", mallory.Key.Thumbprint()), mallory.Key).Must(t, http.StatusOK).Text("access_token")
	if got := read(t, mallory); strings.Contains(got, "Joe's secret") {
		t.Errorf("Mallory reads %s", got)
	}
	if got := mallory.GraphQL(t, `query ($id: ID!) { note(id: $id) { title } }`, map[string]any{"id": secret}).Body; got != `{"data":{"note":null}}` {
		t.Errorf("Joe's note is %s", got)
	}
}
