package e2e

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwe"
	"github.com/lestrrat-go/jwx/v3/jwk"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// company is a tenant with its own backend, which identifies its visitors in the way that a test chooses.
type company struct {
	*db.Tenant
	aside *aside
	site  *authtest.Site // the service over HTTP
	db    *db.DB         // for what the owner does with a command
}

var optional = db.Policy{Assertion: db.AssertionOptional}

func (a *aside) company(t *testing.T, name, host string, policy db.Policy) *company {
	t.Helper()
	d := a.database(t)
	key, _ := a.tenant(t, name, host)
	tenant, err := d.UpdateTenant(t.Context(), db.Operator(key), dbtest.Policy(policy))
	must(t, err)
	return &company{tenant, a, a.apiSite(t), d}
}

// addKey adds an assertion key.
func (c *company) addKey(t *testing.T, kind db.AssertionKeyKind, secret, jwk, url string) *db.AssertionKey {
	t.Helper()
	key, _, err := assertion.NewKey(c.Key, kind, secret, jwk, url, true)
	must(t, err)
	must(t, c.db.AddAssertionKey(t.Context(), db.Operator(key.TenantKey), key))
	return key
}

// addSigner adds an assertion key for an algorithm.
func (c *company) addSigner(t *testing.T, algorithm string) *authtest.Signer {
	t.Helper()
	s := authtest.NewSigner(algorithm)
	if algorithm == "HS256" {
		c.addKey(t, db.SharedSecret, s.Secret(), "", "")
		return s
	}
	public, err := json.Marshal(s.JWK())
	must(t, err)
	c.addKey(t, db.PublicJWK, "", string(public), "")
	return s
}

// assert returns an assertion that the visitor with widgetKey ("" for any) is subject.
func (c *company) assert(s *authtest.Signer, subject, nonce string, edits ...func(*authtest.Proof)) string {
	about := []func(*authtest.Proof){authtest.Claim("sub", subject), authtest.Claim("email", subject+"@post.example"), authtest.Claim("name", nil)}
	if nonce != "" {
		about = append(about, authtest.Claim("nonce", nonce))
	}
	return s.Assert(c.site, c.Tenant, append(about, edits...)...)
}

// encrypt encrypts an assertion with a key that the service publishes.
func (c *company) encrypt(t *testing.T, alg jwa.KeyEncryptionAlgorithm, assertion string) string {
	t.Helper()
	headers := jwe.NewHeaders()
	must(t, headers.Set("cty", "JWT"))
	sealed, err := jwe.Encrypt([]byte(assertion), jwe.WithKey(alg, c.publishedKey(t, alg)),
		jwe.WithContentEncryption(jwa.A256GCM()), jwe.WithProtectedHeaders(headers), jwe.WithCompact())
	must(t, err)
	return string(sealed)
}

func (c *company) publishedKey(t *testing.T, alg jwa.KeyEncryptionAlgorithm) jwk.Key {
	t.Helper()
	answer := c.site.Send(t, &authtest.Call{Method: http.MethodGet, URL: c.aside.account + "/.well-known/jwks.json"}).Must(t, http.StatusOK)
	set, err := jwk.Parse([]byte(answer.Body))
	must(t, err)
	for i := range set.Len() {
		key, _ := set.Key(i)
		if of, _ := key.Algorithm(); of.String() == alg.String() {
			return key
		}
	}
	t.Fatalf("no key for %s is published", alg)
	return nil
}

// serverKey creates a server key, with which the backend requests tickets.
func (c *company) serverKey(t *testing.T) string {
	t.Helper()
	_, secret, err := c.db.CreateServerKey(t.Context(), db.Operator(c.Key), "backend")
	must(t, err)
	return secret
}

// callAPI sends a request to the API with the backend's server key.
func (c *company) callAPI(t *testing.T, serverKey, query string, variables any) *authtest.Answer {
	t.Helper()
	return c.site.Send(t, &authtest.Call{
		Method: http.MethodPost, URL: c.aside.account + auth.GraphQLPath, Header: http.Header{"Authorization": {"Bearer " + serverKey}},
		JSON: map[string]any{"query": query, "variables": variables},
	})
}

// ticket requests a ticket for a visitor.
func (c *company) ticket(t *testing.T, serverKey, subject string) string {
	t.Helper()
	answer := c.callAPI(t, serverKey, `mutation ($s: String!, $e: String) { issueTicket(input: {subject: $s, email: $e}) { ticket } }`,
		map[string]any{"s": subject, "e": subject + "@post.example"}).Must(t, http.StatusOK)
	ticket := answer.Text("data", "issueTicket", "ticket")
	if ticket == "" {
		t.Fatalf("no ticket: %s", answer.Body)
	}
	return ticket
}

// exchange presents the company's assertion like a widget with key, and returns the response.
func (c *company) exchange(t *testing.T, token string, key *authtest.Key) *authtest.Answer {
	t.Helper()
	return c.aside.exchange(t, c.Key, token, key)
}

// handle presents an assertion that must be accepted, and returns the identity handle.
func (c *company) handle(t *testing.T, token string, key *authtest.Key) string {
	t.Helper()
	return c.exchange(t, token, key).Must(t, http.StatusOK).Text("access_token")
}

// openVouched presents the company's assertion with key by RFC 7523, and returns the response.
func (c *company) openVouched(t *testing.T, token string, key *authtest.Key) *authtest.Answer {
	t.Helper()
	return c.site.Send(t, &authtest.Call{Method: http.MethodPost, URL: c.aside.frame + "/oauth/token", Key: key, Form: map[string][]string{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "client_id": {c.Key}, "assertion": {token},
	}})
}

// visitor returns a new visitor of the company's page.
func (c *company) visitor(t *testing.T) *authtest.Visitor {
	t.Helper()
	return c.site.Visitor(t, c.Tenant)
}

// signIn signs a visitor in as the asserted subject ("" for none), with a new account if necessary, and links it if that
// is offered. It returns the popup's last question.
func (c *company) signIn(t *testing.T, v *authtest.Visitor, handle string) (question string) {
	t.Helper()
	edit := authtest.Param("identity_handle")
	if handle != "" {
		edit = authtest.Param("identity_handle", handle)
	}
	i := v.Interaction(t, edit)
	if i.DisplayName == "" {
		v.Register(t).Must(t, http.StatusOK)
	}
	step := v.Decide(t, i.ID, "allow").Must(t, http.StatusOK)
	question = step.Text("next")
	if question == "link" {
		step = v.Decide(t, i.ID, "link").Must(t, http.StatusOK)
	}
	if question == "linked_elsewhere" {
		v.Decide(t, i.ID, "link").Must(t, http.StatusOK) // the popup doesn't offer it, and it has no effect
		step = v.Decide(t, i.ID, "not_now").Must(t, http.StatusOK)
	}
	v.Redeem(t, step.Text("response", "code")).Must(t, http.StatusOK)
	return question
}

const noteTitles = `{ viewer { vouched } notes { edges { node { id title } } } }`

// write creates a note and returns its id.
func write(t *testing.T, v *authtest.Visitor, title string) (id string) {
	t.Helper()
	answer := v.GraphQL(t, `mutation ($title: String!) { createNote(input: {title: $title}) { note { id } } }`, map[string]any{"title": title}).Must(t, http.StatusOK)
	id = answer.Text("data", "createNote", "note", "id")
	if id == "" {
		t.Fatalf("no note was written: %s", answer.Body)
	}
	return id
}

// read returns the notes that a visitor's session can read.
func read(t *testing.T, v *authtest.Visitor) string {
	t.Helper()
	return v.GraphQL(t, noteTitles, nil).Must(t, http.StatusOK).Body
}
