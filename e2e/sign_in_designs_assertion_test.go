package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwe"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// The alternative designs in which a tenant identifies its visitor.

func testSignedAssertions(t *testing.T, a *aside) {
	for _, algorithm := range []string{"ES256", "EdDSA", "RS256", "PS256"} {
		t.Run(algorithm, func(t *testing.T) {
			c := a.company(t, "The Paper", "paper.localhost", optional)
			old := c.addSigner(t, algorithm)
			joe := c.visitor(t)
			if question := c.signIn(t, joe, c.handle(t, c.assert(old, "joe", joe.Key.Thumbprint()), joe.Key)); question != "link" {
				t.Errorf("the popup asks %q", question)
			}
			identity := joe.GraphQL(t, `{ viewer { identity { subject } } }`, nil)
			if got := identity.Text("data", "viewer", "identity", "subject"); got != "joe" {
				t.Errorf("the session is bound to %s", identity.Body)
			}

			// The key determines the algorithm, not the header (RFC 8725 §3.1).
			public, err := json.Marshal(old.JWK())
			must(t, err)
			for alg, sign := range map[string]func([]byte) []byte{
				"HS256": authtest.HMAC(public), "none": func([]byte) []byte { return nil }, "RS512": old.Sign,
			} {
				c.exchange(t, c.assert(old, "joe", "", authtest.Header("alg", alg), authtest.SignedWith(sign)), joe.Key).Refused(t, http.StatusBadRequest, "assertion_rejected")
			}

			// One key replaces the other without a gap.
			next := c.addSigner(t, algorithm)
			c.handle(t, c.assert(old, "joe", ""), joe.Key)
			c.handle(t, c.assert(next, "joe", ""), joe.Key)
			keys, err := c.db.AssertionKeys(t.Context(), c.Key)
			must(t, err)
			for _, k := range keys {
				if k.KeyID == old.KeyID {
					if out, err := a.runCommand(t, "tenant", "key", "revoke", c.Key, k.ID.String()); err != nil {
						t.Fatal(out)
					}
				}
			}
			c.exchange(t, c.assert(old, "joe", ""), joe.Key).Refused(t, http.StatusBadRequest, "assertion_rejected")
			c.handle(t, c.assert(next, "joe", ""), joe.Key)
		})
	}
	t.Run("JWKS URL", func(t *testing.T) {
		c := a.company(t, "The Paper", "paper.localhost", optional)
		first, second := authtest.NewSigner("ES256"), authtest.NewSigner("EdDSA")
		var question atomic.Int32
		published := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			question.Add(1)
			_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{first.JWK(), second.JWK()}})
		}))
		t.Cleanup(published.Close)
		c.addKey(t, db.JWKSURL, "", "", published.URL+"/keys.json")
		joe := c.visitor(t)
		c.signIn(t, joe, c.handle(t, c.assert(first, "joe", ""), joe.Key))
		c.handle(t, c.assert(second, "joe", ""), joe.Key) // the next key, published before it signs
		c.exchange(t, c.assert(authtest.NewSigner("ES256"), "joe", ""), joe.Key).Refused(t, http.StatusBadRequest, "assertion_rejected")
		published.Close() // and the company's server may be down
		c.handle(t, c.assert(first, "joe", ""), joe.Key)
		if n := question.Load(); n != 1 {
			t.Errorf("the key set was asked for %d times", n)
		}
	})
}

func testSharedSecrets(t *testing.T, a *aside) {
	c := a.company(t, "The Paper", "paper.localhost", optional)
	one, two := c.addSigner(t, "HS256"), c.addSigner(t, "HS256")
	joe := c.visitor(t)
	c.signIn(t, joe, c.handle(t, c.assert(one, "joe", joe.Key.Thumbprint()), joe.Key))
	c.handle(t, c.assert(two, "joe", ""), joe.Key)
	c.exchange(t, c.assert(authtest.NewSigner("HS256"), "joe", ""), joe.Key).Refused(t, http.StatusBadRequest, "assertion_rejected")

	if out, err := a.runCommand(t, "tenant", "key", "add", c.Key); err == nil {
		t.Errorf("a third secret is live: %s", out)
	}
	if _, _, err := assertion.NewKey(c.Key, db.SharedSecret, strings.Repeat("ab", 15)+"c", "", "", true); err == nil {
		t.Error("31 bytes are enough for a secret")
	}
	dump := string(dbtest.At(t, a.url).Dump(t))
	for _, s := range []*authtest.Signer{one, two} {
		if !strings.Contains(dump, c.Key) || strings.Contains(dump, s.Secret()) {
			t.Error("the database holds a secret as it is")
		}
	}
}

func testEncryptedAssertions(t *testing.T, a *aside) {
	c := a.company(t, "The Paper", "paper.localhost", optional)
	signer := c.addSigner(t, "ES256")
	for _, alg := range []jwa.KeyEncryptionAlgorithm{jwa.ECDH_ES(), jwa.RSA_OAEP_256()} {
		joe := c.visitor(t)
		sealed := c.encrypt(t, alg, c.assert(signer, "joe-"+alg.String(), joe.Key.Thumbprint()))
		if question := c.signIn(t, joe, c.handle(t, sealed, joe.Key)); question != "link" {
			t.Errorf("%s: the popup asks %q", alg, question)
		}
	}
	key, secret := authtest.NewKey(), make([]byte, 32)
	headers := jwe.NewHeaders()
	must(t, headers.Set("cty", "JWT"))
	for name, with := range map[string][]jwe.EncryptOption{
		"dir":   {jwe.WithKey(jwa.DIRECT(), secret)},
		"PBES2": {jwe.WithKey(jwa.PBES2_HS256_A128KW(), []byte("password"))},
		"zip":   {jwe.WithKey(jwa.ECDH_ES(), c.publishedKey(t, jwa.ECDH_ES())), jwe.WithCompress(jwa.Deflate())},
	} {
		sealed, err := jwe.Encrypt([]byte(c.assert(signer, "joe", "")), append(with,
			jwe.WithContentEncryption(jwa.A256GCM()), jwe.WithProtectedHeaders(headers), jwe.WithCompact())...)
		must(t, err)
		if answer := c.exchange(t, string(sealed), key); answer.Status != http.StatusBadRequest || answer.Code() != "assertion_rejected" {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
		}
	}
	// Anybody can encrypt: an unsigned assertion proves nothing.
	c.exchange(t, c.encrypt(t, jwa.ECDH_ES(), `{"iss":"`+c.Key+`","sub":"joe"}`), key).Refused(t, http.StatusBadRequest, "assertion_rejected")
}

func testTickets(t *testing.T, a *aside) {
	c := a.company(t, "The Paper", "paper.localhost", optional)
	other := a.company(t, "The Other", "other.localhost", optional)
	serverKey := c.serverKey(t)
	joe := c.visitor(t)
	ticket := c.ticket(t, serverKey, "joe")
	other.exchange(t, ticket, joe.Key).Refused(t, http.StatusBadRequest, "assertion_rejected") // the refusal did not use it
	if question := c.signIn(t, joe, c.handle(t, ticket, joe.Key)); question != "link" {
		t.Errorf("the popup asks %q", question)
	}
	c.exchange(t, ticket, joe.Key).Refused(t, http.StatusBadRequest, "assertion_rejected")

	late := c.ticket(t, serverKey, "joe")
	a.exec(t, `UPDATE tickets SET expires_at = expires_at - interval '60 seconds'`)
	c.exchange(t, late, joe.Key).Refused(t, http.StatusBadRequest, "assertion_rejected")

	// Only the backend can get a ticket, with its server key. The database contains neither.
	const issue = `mutation { issueTicket(input: {subject: "joe"}) { ticket } }`
	anotherKey := serverKey[:len(serverKey)-1] + "x"
	if anotherKey == serverKey {
		anotherKey = serverKey[:len(serverKey)-1] + "y"
	}
	for who, answer := range map[string]*authtest.Answer{
		"a widget": joe.GraphQL(t, issue, nil), "a person": joe.Account(t, issue), "another key": c.callAPI(t, anotherKey, issue, nil),
	} {
		if strings.Contains(answer.Body, "tk_") {
			t.Errorf("%s gets a ticket: %s", who, answer.Body)
		}
	}
	kept := c.ticket(t, serverKey, "joe")
	if dump := string(dbtest.At(t, a.url).Dump(t)); !strings.Contains(dump, c.Key) || strings.Contains(dump, kept) || strings.Contains(dump, serverKey) {
		t.Error("the database holds a ticket or a server key as it is")
	}
}
