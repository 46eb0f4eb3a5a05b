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

// A company is a tenant of the running service with a backend of its own, which identifies its
// visitors in the way that a test chooses.
type company struct {
	*db.Tenant
	aside *aside
	site  *authtest.Site // the service, asked over HTTP
	db    *db.DB         // what its owner does with a command
}

var optional = db.Policy{Assertion: db.AssertionOptional}

func (a *aside) company(t *testing.T, name, host string, policy db.Policy) *company {
	t.Helper()
	d := a.database(t)
	key, _ := a.tenant(t, name, host)
	tenant, err := d.UpdateTenant(t.Context(), db.Operator(key), dbtest.Policy(policy))
	must(t, err)
	return &company{tenant, a, a.node(t), d}
}

// key adds a key for assertions.
func (c *company) key(t *testing.T, kind db.AssertionKeyKind, secret, jwk, url string) *db.AssertionKey {
	t.Helper()
	key, _, err := assertion.NewKey(c.Key, kind, secret, jwk, url, true)
	must(t, err)
	must(t, c.db.AddAssertionKey(t.Context(), db.Operator(key.TenantKey), key))
	return key
}

// signs gives the company a key for an algorithm.
func (c *company) signs(t *testing.T, algorithm string) *authtest.Signer {
	t.Helper()
	s := authtest.NewSigner(algorithm)
	if algorithm == "HS256" {
		c.key(t, db.SharedSecret, s.Secret(), "", "")
		return s
	}
	public, err := json.Marshal(s.JWK())
	must(t, err)
	c.key(t, db.PublicJWK, "", string(public), "")
	return s
}

// says makes an assertion: that the visitor with that widget key ("" for any) is subject.
func (c *company) says(s *authtest.Signer, subject, nonce string, edits ...func(*authtest.Proof)) string {
	about := []func(*authtest.Proof){authtest.Claim("sub", subject), authtest.Claim("email", subject+"@post.example"), authtest.Claim("name", nil)}
	if nonce != "" {
		about = append(about, authtest.Claim("nonce", nonce))
	}
	return s.Assert(c.site, c.Tenant, append(about, edits...)...)
}

// seals encrypts an assertion to a key that the service publishes.
func (c *company) seals(t *testing.T, alg jwa.KeyEncryptionAlgorithm, assertion string) string {
	t.Helper()
	headers := jwe.NewHeaders()
	must(t, headers.Set("cty", "JWT"))
	sealed, err := jwe.Encrypt([]byte(assertion), jwe.WithKey(alg, c.published(t, alg)),
		jwe.WithContentEncryption(jwa.A256GCM()), jwe.WithProtectedHeaders(headers), jwe.WithCompact())
	must(t, err)
	return string(sealed)
}

func (c *company) published(t *testing.T, alg jwa.KeyEncryptionAlgorithm) jwk.Key {
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

// serverKey gives the backend a key to ask for tickets with.
func (c *company) serverKey(t *testing.T) string {
	t.Helper()
	_, secret, err := c.db.CreateServerKey(t.Context(), db.Operator(c.Key), "backend")
	must(t, err)
	return secret
}

// atBackend asks the API as the company's backend does.
func (c *company) atBackend(t *testing.T, serverKey, query string, variables any) *authtest.Answer {
	t.Helper()
	return c.site.Send(t, &authtest.Call{
		Method: http.MethodPost, URL: c.aside.account + auth.GraphQLPath, Header: http.Header{"Authorization": {"Bearer " + serverKey}},
		JSON: map[string]any{"query": query, "variables": variables},
	})
}

// ticket fetches one for a visitor.
func (c *company) ticket(t *testing.T, serverKey, subject string) string {
	t.Helper()
	answer := c.atBackend(t, serverKey, `mutation ($s: String!, $e: String) { issueTicket(input: {subject: $s, email: $e}) { ticket } }`,
		map[string]any{"s": subject, "e": subject + "@post.example"}).Must(t, http.StatusOK)
	ticket := answer.Text("data", "issueTicket", "ticket")
	if ticket == "" {
		t.Fatalf("no ticket: %s", answer.Body)
	}
	return ticket
}

// takes returns the response to a widget with that key that presents the company's assertion.
func (c *company) takes(t *testing.T, said string, key *authtest.Key) *authtest.Answer {
	t.Helper()
	return c.aside.present(t, c.Key, said, key)
}

// handle presents an assertion that must be accepted, and returns the handle.
func (c *company) handle(t *testing.T, said string, key *authtest.Key) string {
	t.Helper()
	return c.takes(t, said, key).Must(t, http.StatusOK).Text("access_token")
}

// vouches returns the response of RFC 7523 to the company's assertion, presented with that key.
func (c *company) vouches(t *testing.T, said string, key *authtest.Key) *authtest.Answer {
	t.Helper()
	return c.site.Send(t, &authtest.Call{Method: http.MethodPost, URL: c.aside.frame + "/oauth/token", Key: key, Form: map[string][]string{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "client_id": {c.Key}, "assertion": {said},
	}})
}

// visitor is somebody new at the company's page.
func (c *company) visitor(t *testing.T) *authtest.Visitor {
	t.Helper()
	return c.site.Visitor(t, c.Tenant)
}

// visits signs a visitor in as the subject that the company asserts ("" for none), with a new
// account if need be, and links if that is offered. It gives what the popup asked at last.
func (c *company) visits(t *testing.T, v *authtest.Visitor, handle string) (asked string) {
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
	asked = step.Text("next")
	if asked == "link" {
		step = v.Decide(t, i.ID, "link").Must(t, http.StatusOK)
	}
	if asked == "linked_elsewhere" {
		v.Decide(t, i.ID, "link").Must(t, http.StatusOK) // the popup does not offer it: nothing comes of it
		step = v.Decide(t, i.ID, "not_now").Must(t, http.StatusOK)
	}
	v.Redeem(t, step.Text("response", "code")).Must(t, http.StatusOK)
	return asked
}

const noteTitles = `{ viewer { vouched } notes { edges { node { id title } } } }`

// write writes a note and gives its id.
func write(t *testing.T, v *authtest.Visitor, title string) (id string) {
	t.Helper()
	answer := v.GraphQL(t, `mutation ($title: String!) { createNote(input: {title: $title}) { note { id } } }`, map[string]any{"title": title}).Must(t, http.StatusOK)
	id = answer.Text("data", "createNote", "note", "id")
	if id == "" {
		t.Fatalf("no note was written: %s", answer.Body)
	}
	return id
}

// read returns all notes that a visitor's session opens.
func read(t *testing.T, v *authtest.Visitor) string {
	t.Helper()
	return v.GraphQL(t, noteTitles, nil).Must(t, http.StatusOK).Body
}
