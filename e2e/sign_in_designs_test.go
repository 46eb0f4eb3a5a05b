package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// The designs that people have proposed for a widget of private notes in other companies' sites.
// Each of them works with the running service, or is refused by it.
var signInDesigns = []struct {
	design string
	test   func(*testing.T, *aside)
}{
	{"client id + secret in the widget; one token per company; the browser names the e-mail", testBrowserClaims},
	{"tenant signs JWTs: asymmetric (inline public key or JWKS URL, rotation)", testSignedAssertions},
	{"tenant signs with a shared secret", testSharedSecrets},
	{"token encrypted to A's public key", testEncryptedAssertions},
	{"tenant's backend gets a token for its user without disclosing its secret; a time-limited nonce instead of an API key", testTickets},
	{"user holds an account at A, password later used to verify", testPasskeyAccounts},
	{"tenant-only identity: the tenant's assertion is the log-in", testVouchedAccounts},
	{"tenant's backend proxies everything", testBackendProxies},
	{"visitors who are not logged in at the tenant", testAnonymousVisitors},
	{"separate log-in at A's own site", testAccountSite},
	{"who pays", testUsage},
}

func TestSignInDesigns(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	for _, alternative := range signInDesigns {
		t.Run(alternative.design, func(t *testing.T) { alternative.test(t, a) })
	}
}

func testBrowserClaims(t *testing.T, a *aside) {
	c := a.company(t, "The Paper", "paper.localhost", optional)
	key := authtest.NewKey()
	token := func(form url.Values, edits ...func(*authtest.Call)) *authtest.Answer {
		form.Set("client_id", c.Key)
		return c.site.Send(t, &authtest.Call{Method: http.MethodPost, URL: a.frame + "/oauth/token", Key: key, Form: form}, edits...)
	}
	t.Run("a secret in the widget", func(t *testing.T) {
		token(url.Values{"grant_type": {"client_credentials"}, "client_secret": {"s3cret"}}).Refused(t, http.StatusUnauthorized, "invalid_client")
		token(url.Values{"grant_type": {"client_credentials"}}, authtest.WithHeader("Authorization", "Basic dF94OnMzY3JldA==")).Refused(t, http.StatusUnauthorized, "invalid_client")
		v := c.visitor(t)
		v.Push(t, authtest.Param("client_secret", "s3cret")).Refused(t, http.StatusUnauthorized, "invalid_client")
	})
	t.Run("a token for the company", func(t *testing.T) {
		token(url.Values{"grant_type": {"client_credentials"}}).Refused(t, http.StatusBadRequest, "unsupported_grant_type")
		// A server key is not a token for notes on any endpoint.
		serverKey := c.serverKey(t)
		if answer := c.callAPI(t, serverKey, noteTitles, nil); !strings.Contains(answer.Body, `"FORBIDDEN"`) || strings.Contains(answer.Body, `"edges"`) {
			t.Errorf("a server key asks for notes: %d %s", answer.Status, answer.Body)
		}
		for _, scheme := range []string{"Bearer ", "DPoP "} {
			answer := c.site.Send(t, &authtest.Call{
				Method: http.MethodPost, URL: a.frame + auth.GraphQLPath, Key: key, Header: http.Header{"Authorization": {scheme + serverKey}},
				JSON: map[string]any{"query": noteTitles},
			})
			answer.Refused(t, http.StatusUnauthorized, "invalid_token")
		}
	})
	t.Run("the browser says who it is", func(t *testing.T) {
		joe := c.visitor(t)
		c.signIn(t, joe, c.handle(t, c.assert(c.addSigner(t, "ES256"), "joe", ""), joe.Key))
		write(t, joe, "Joe's")
		for name, value := range map[string]string{
			"email": "joe@post.example", "sub": "joe", "subject": "joe", "login_hint": "joe@post.example", "user_id": "joe", "name": "Joe",
			"id_token_hint": "e30.e30.", "claims": `{"sub":"joe"}`,
		} {
			v := c.visitor(t)
			i := v.Interaction(t, authtest.Param(name, value))
			if i.SubjectLabel != "" {
				t.Errorf("%s in a pushed request makes the visitor %q", name, i.SubjectLabel)
			}
			token(url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, name: {value}}).Refused(t, http.StatusBadRequest, "invalid_request")
		}
		token(url.Values{"grant_type": {"password"}, "username": {"joe@post.example"}, "password": {"x"}}).Refused(t, http.StatusBadRequest, "unsupported_grant_type")
		v := c.visitor(t)
		c.signIn(t, v, "")
		for _, header := range []string{"X-User-Email", "X-Forwarded-User", "From", "X-Aside-Subject"} {
			if answer := v.GraphQL(t, noteTitles, nil, authtest.WithHeader(header, "joe@post.example")); strings.Contains(answer.Body, "Joe's") {
				t.Errorf("with %s somebody else reads %s", header, answer.Body)
			}
		}
	})
}

func testPasskeyAccounts(t *testing.T, a *aside) {
	c := a.company(t, "The Paper", "paper.localhost", optional)
	joe := c.visitor(t)
	joe.SignUp(t)
	write(t, joe, "Joe's")

	// On another device the passkey is enough, without the company.
	again := c.visitor(t)
	again.Authenticator = joe.Authenticator
	again.Login(t).Must(t, http.StatusOK)
	again.SignUp(t)
	if got := read(t, again); !strings.Contains(got, "Joe's") {
		t.Errorf("with the passkey Joe sees %s", got)
	}
	// Without it, the popup grants nothing.
	thief := c.visitor(t)
	i := thief.Interaction(t)
	thief.Decide(t, i.ID, "allow").Refused(t, http.StatusUnauthorized, "unauthenticated")
}

func testVouchedAccounts(t *testing.T, a *aside) {
	c := a.company(t, "The Paper", "paper.localhost", optional)
	signer := c.addSigner(t, "ES256")
	key := authtest.NewKey()
	c.openVouched(t, c.assert(signer, "joe", ""), key).Refused(t, http.StatusBadRequest, "unauthorized_client") // off by default

	_, err := c.db.UpdateTenant(t.Context(), db.Operator(c.Key), dbtest.Policy(db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true}))
	must(t, err)
	joe := c.visitor(t)
	joe.Token = c.openVouched(t, c.assert(signer, "joe", ""), joe.Key).Must(t, http.StatusOK).Text("access_token")
	write(t, joe, "Joe's")
	if got := read(t, joe); !strings.Contains(got, `"vouched":true`) || !strings.Contains(got, "Joe's") {
		t.Errorf("Joe sees %s", got)
	}
	noor := c.visitor(t)
	noor.Token = c.openVouched(t, c.assert(signer, "noor", ""), noor.Key).Must(t, http.StatusOK).Text("access_token")
	if got := read(t, noor); strings.Contains(got, "Joe's") {
		t.Errorf("another subject sees %s", got)
	}

	// With a passkey, only Joe can open the notes.
	if question := c.signIn(t, joe, c.handle(t, c.assert(signer, "joe", ""), joe.Key)); question != "link" {
		t.Errorf("the popup asks %q", question)
	}
	if got := read(t, joe); !strings.Contains(got, `"vouched":false`) || !strings.Contains(got, "Joe's") {
		t.Errorf("afterwards Joe sees %s", got)
	}
	c.openVouched(t, c.assert(signer, "joe", ""), key).Refused(t, http.StatusBadRequest, "upgraded")
}

func testBackendProxies(t *testing.T, a *aside) {
	c := a.company(t, "The Paper", "paper.localhost", db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true})
	serverKey := c.serverKey(t)
	backend := c.visitor(t) // its key lives on the company's server
	backend.Token = c.openVouched(t, c.ticket(t, serverKey, "joe"), backend.Key).Must(t, http.StatusOK).Text("access_token")
	write(t, backend, "written by the backend")

	// Joe's own browser sees it, and that the company can open it.
	joe := c.visitor(t)
	joe.Token = c.openVouched(t, c.ticket(t, serverKey, "joe"), joe.Key).Must(t, http.StatusOK).Text("access_token")
	if got := read(t, joe); !strings.Contains(got, "written by the backend") || !strings.Contains(got, `"vouched":true`) {
		t.Errorf("Joe sees %s", got)
	}
	// The token is bound to the server: in a browser it is useless.
	thief := c.visitor(t)
	thief.Token = backend.Token
	thief.GraphQL(t, noteTitles, nil).Refused(t, http.StatusUnauthorized, "invalid_token")
}

func testAnonymousVisitors(t *testing.T, a *aside) {
	c := a.company(t, "The Paper", "paper.localhost", optional)
	v := c.visitor(t)
	if i := v.Interaction(t); i.SubjectLabel != "" {
		t.Errorf("a stranger is %q", i.SubjectLabel)
	}
	v.SignUp(t)
	write(t, v, "nobody's customer")
	if got := v.GraphQL(t, `{ viewer { vouched identity { subject } } notes { edges { node { title } } } }`, nil).Body; got != `{"data":{"viewer":{"vouched":false,"identity":null},"notes":{"edges":[{"node":{"title":"nobody's customer"}}]}}}` {
		t.Errorf("they see %s", got)
	}
}
