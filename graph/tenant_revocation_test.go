package graph

import (
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// What a tenant's members or the operator revoke on one node ends within maxRevocationTime on a second node, and on a node that
// starts later. Everything else goes on.
func TestTenantRevocationTimes(t *testing.T) {
	site := authtest.Start(t, authtest.Options{SessionCache: 2 * time.Second, API: func(s *authtest.Site) http.Handler {
		return NewHandler(Config{DB: s.DB, Keys: s.Keys, Log: slog.New(slog.DiscardHandler), Open: true, Assertions: s.Auth.Assertions()})
	}})
	second := site.Node(t)

	type company struct {
		*db.Tenant
		visitor *authtest.Visitor
		signer  *authtest.Signer
		key     *db.AssertionKey
		server  *db.ServerKey
		secret  string
	}
	// The ways to sign in that can be revoked, tried at a node.
	ways := map[string]func(*testing.T, *authtest.Site, company) bool{
		"an open session": func(t *testing.T, node *authtest.Site, c company) bool {
			there := *c.visitor
			there.Site = node
			return widgetOpens(t, &there)
		},
		"a new sign-in": func(t *testing.T, node *authtest.Site, c company) bool {
			return node.Visitor(t, c.Tenant).Push(t).Status == http.StatusCreated
		},
		"an assertion": func(t *testing.T, node *authtest.Site, c company) bool {
			key := authtest.NewKey()
			return node.Send(t, &authtest.Call{Method: http.MethodPost, URL: node.FrameOrigin + "/oauth/token", Key: key, Form: url.Values{
				"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "client_id": {c.Key},
				"subject_token": {c.signer.Assert(node, c.Tenant)}, "subject_token_type": {"urn:ietf:params:oauth:token-type:jwt"},
			}}).Status == http.StatusOK
		},
		"a server key": func(t *testing.T, node *authtest.Site, c company) bool {
			return node.Send(t, &authtest.Call{
				Method: http.MethodPost, URL: node.AccountOrigin + auth.GraphQLPath, Header: http.Header{"Authorization": {"Bearer " + c.secret}},
				JSON: map[string]any{"query": `{ tenant(id: "` + c.Key + `") { id } }`},
			}).Status == http.StatusOK
		},
	}
	for _, act := range []struct {
		name string
		ends []string
		do   func(company) error
	}{
		{"remove origin", []string{"an open session", "a new sign-in"}, func(c company) error {
			_, err := site.DB.RemoveEmbedOrigin(t.Context(), db.Operator(c.Key), c.visitor.EmbedOrigin)
			return err
		}},
		{"suspend tenant", []string{"an open session", "a new sign-in", "an assertion", "a server key"}, func(c company) error {
			_, err := site.DB.Suspend(t.Context(), db.Operator(c.Key))
			return err
		}},
		{"rotate key", []string{"an assertion"}, func(c company) error {
			return site.DB.RevokeAssertionKey(t.Context(), db.Operator(c.Key), c.key.ID)
		}},
		{"revoke server key", []string{"a server key"}, func(c company) error {
			return site.DB.RevokeServerKey(t.Context(), db.Operator(c.Key), c.server.ID)
		}},
	} {
		t.Run(act.name, func(t *testing.T) {
			c := company{Tenant: site.Tenant(t, "Shop"), signer: authtest.NewSigner("ES256")}
			c.visitor = site.Visitor(t, c.Tenant)
			c.visitor.SignUp(t)
			c.key = c.signer.AddTo(t, site, c.Tenant)
			var err error
			if c.server, c.secret, err = site.DB.CreateServerKey(t.Context(), db.Operator(c.Key), "backend"); err != nil {
				t.Fatal(err)
			}
			for way, open := range ways { // the second node caches the session
				if !open(t, second, c) {
					t.Fatalf("%s was refused before", way)
				}
			}
			if err := act.do(c); err != nil {
				t.Fatal(err)
			}
			done := time.Now()
			third := site.Node(t)
			ended := map[string]bool{}
			for _, way := range act.ends {
				ended[way] = true
			}
			for way, open := range ways {
				for asked := time.Since(done); open(t, second, c) == ended[way]; asked = time.Since(done) {
					if asked > maxRevocationTime {
						t.Fatalf("%s: asked after %s it is open: %t", way, asked, ended[way])
					}
				}
				if open(t, third, c) == ended[way] {
					t.Errorf("%s: a node that starts later thinks otherwise", way)
				}
			}
		})
	}
}
