package graph

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// A twoWidgets is a browser with two open widgets. The person has signed in again between them.
type twoWidgets struct {
	*authtest.Site
	node          *authtest.Site
	first, second *authtest.Visitor
}

func newTwoWidgets(t *testing.T, between func(*testing.T, *twoWidgets)) *twoWidgets {
	t.Helper()
	b := &twoWidgets{Site: authtest.Start(t, authtest.Options{API: func(s *authtest.Site) http.Handler {
		return NewHandler(Config{DB: s.DB, Keys: s.Keys, Log: slog.New(slog.DiscardHandler), Open: true, AccountOrigin: s.AccountOrigin, Assertions: s.Auth.Assertions(), Loopback: true})
	}})}
	b.node = b.Node(t)
	b.first = b.Visitor(t, b.Tenant(t, "Shop"))
	b.first.SignUp(t)
	between(t, b)
	b.first.Login(t).Must(t, http.StatusOK)
	again := *b.first
	again.Key = authtest.NewKey()
	again.SignUp(t)
	b.second = &again
	for _, v := range b.widgets() {
		createsNote(t, v).Must(t, http.StatusOK)
	}
	return b
}

// widgets returns both widgets at each node.
func (b *twoWidgets) widgets() map[string]*authtest.Visitor {
	first, second := *b.first, *b.second
	first.Site, second.Site = b.node, b.node
	return map[string]*authtest.Visitor{"first": b.first, "second": b.second, "first at the other node": &first, "second at the other node": &second}
}

func createsNote(t *testing.T, v *authtest.Visitor) *authtest.Answer {
	t.Helper()
	return v.GraphQL(t, `mutation { createNote(input: {title: "still here"}) { note { id } } }`, nil)
}

// account sends a document to the account API. The visitor must be signed in.
func (b *twoWidgets) account(t *testing.T, v *authtest.Visitor, document string) *authtest.Answer {
	t.Helper()
	a := v.Account(t, document).Must(t, http.StatusOK)
	if strings.Contains(a.Body, `"errors"`) {
		t.Fatalf("%s: %s", document, a.Body)
	}
	return a
}

// When an account session or its passkey ends, all widget sessions that it granted end on every node, even if the first
// account session had expired before the second sign-in.
func TestWidgetSessionsEndWithTheirSignIns(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, b *twoWidgets){
		"signed out at /account": func(t *testing.T, b *twoWidgets) {
			before, _, _ := strings.Cut(b.account(t, b.second, `{ viewer { sessions { id current } } }`).Body, `","current":true`)
			b.account(t, b.second, fmt.Sprintf(`mutation { revokeSession(id: %q) { id } }`, before[strings.LastIndex(before, `"`)+1:]))
		},
		"signed out at the second widget": func(t *testing.T, b *twoWidgets) { b.second.Revoke(t).Must(t, http.StatusOK) },
		"signed out at the first widget":  func(t *testing.T, b *twoWidgets) { b.first.Revoke(t).Must(t, http.StatusOK) },
		"the passkey is removed at another computer, its phone was stolen": func(t *testing.T, b *twoWidgets) {
			_, stolen, _ := strings.Cut(b.account(t, b.second, `{ viewer { passkeys { id } } }`).Body, `{"id":"`)
			stolen, _, _ = strings.Cut(stolen, `"`)
			desk := b.Visitor(t, b.first.Tenant)
			desk.Authenticator = b.first.Authenticator
			desk.Login(t).Must(t, http.StatusOK)
			desk.Authenticator = authtest.NewAuthenticator(b.AccountOrigin)
			desk.Add(t).Must(t, http.StatusOK)
			desk.Login(t).Must(t, http.StatusOK)
			b.account(t, desk, fmt.Sprintf(`mutation { deletePasskey(id: %q) { id } }`, stolen))
		},
		"somebody else signs up in the browser": func(t *testing.T, b *twoWidgets) {
			other := *b.second
			other.Authenticator = authtest.NewAuthenticator(b.AccountOrigin)
			other.Register(t).Must(t, http.StatusOK)
		},
		"somebody else signs in in the browser": func(t *testing.T, b *twoWidgets) {
			other := b.Visitor(t, b.first.Tenant)
			other.Register(t).Must(t, http.StatusOK)
			other.Cookies = b.second.Cookies
			other.Login(t).Must(t, http.StatusOK)
		},
		"the account is deleted": func(t *testing.T, b *twoWidgets) { b.account(t, b.second, `mutation { deleteAccount }`) },
	} {
		for between, passes := range map[string]func(*testing.T, *twoWidgets){
			"": func(*testing.T, *twoWidgets) {},
			"the first account session runs out": func(t *testing.T, b *twoWidgets) {
				b.Exec(t, `UPDATE sessions SET expires_at = now() - interval '2 hours' WHERE kind = 'ACCOUNT'`)
				if err := b.DB.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
				if a := b.first.Account(t, `{ viewer { id } }`); a.Status == http.StatusOK && !strings.Contains(a.Body, "UNAUTHENTICATED") {
					t.Fatalf("it goes on: %s", a.Body)
				}
			},
			"the first account session is idle": func(t *testing.T, b *twoWidgets) {
				b.Exec(t, `UPDATE sessions SET last_used_at = now() - interval '1 hour', idle_until = now() - interval '1 hour' + idle_timeout WHERE kind = 'ACCOUNT'`)
			},
		} {
			t.Run(name+", "+between, func(t *testing.T) {
				t.Parallel()
				b := newTwoWidgets(t, passes)
				end(t, b)
				for which, v := range b.widgets() {
					if a := createsNote(t, v); a.Status != http.StatusUnauthorized {
						t.Errorf("the %s widget is answered %d %s", which, a.Status, a.Body)
					}
				}
			})
		}
	}
}
