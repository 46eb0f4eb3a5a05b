package graph

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth/authtest"
)

// maxRevocationTime is how soon each node must refuse a session that any node has ended.
const maxRevocationTime = 5 * time.Second

// Each way to end a session, used on one node, takes effect within maxRevocationTime on a second node, which caches sessions,
// and on a node that starts later.
func TestRevocationTimes(t *testing.T) {
	site := authtest.Start(t, authtest.Options{SessionCache: 2 * time.Second, API: func(s *authtest.Site) http.Handler {
		return NewHandler(Config{DB: s.DB, Keys: s.Keys, Log: slog.New(slog.DiscardHandler), Open: true, Assertions: s.Auth.Assertions()})
	}})
	second := site.Node(t)
	shop := site.Tenant(t, "Shop")

	type people struct{ laptop, phone *authtest.Visitor } // one account; the phone has the second passkey
	for _, act := range []struct {
		name          string
		do            func(*testing.T, people)
		laptop, phone bool // the visitors with sessions that end
		passkey       bool // whether the phone's passkey no longer works
		account       bool // whether the laptop's passkey no longer works
	}{
		{name: "sign-out at the widget", laptop: true, do: func(t *testing.T, p people) { p.laptop.Revoke(t).Must(t, 200) }},
		{name: "sign-out at the account", laptop: true, do: func(t *testing.T, p people) {
			mutate(t, p.laptop, `revokeSession(id: "`+viewAccount(t, p.laptop).session+`") { id }`)
		}},
		{name: "revoke one session", phone: true, do: func(t *testing.T, p people) {
			mutate(t, p.laptop, `revokeSession(id: "`+viewAccount(t, p.phone).session+`") { id }`)
		}},
		{name: "revoke other sessions", phone: true, do: func(t *testing.T, p people) {
			mutate(t, p.laptop, `revokeOtherSessions`)
			p.laptop.SignUp(t) // the widget session is another one
		}},
		{name: "delete passkey", phone: true, passkey: true, do: func(t *testing.T, p people) {
			mutate(t, p.laptop, `deletePasskey(id: "`+viewAccount(t, p.laptop).passkeys[1].ID+`") { id }`)
		}},
		{name: "recovery", laptop: true, phone: true, do: func(t *testing.T, p people) {
			var made struct {
				Data struct{ RegenerateRecoveryCodes []string }
			}
			p.laptop.Account(t, `mutation { regenerateRecoveryCodes }`).Must(t, 200).JSON(t, &made)
			tablet := site.Visitor(t, shop)
			var o authtest.CeremonyOptions
			tablet.TryBegin(t, "recovery", map[string]string{"code": made.Data.RegenerateRecoveryCodes[0]}).Must(t, 200).JSON(t, &o)
			tablet.Finish(t, "recovery", o.Ceremony, tablet.Authenticator.Register(t, o.Options)).Must(t, 200)
		}},
		{name: "delete account", laptop: true, phone: true, passkey: true, account: true, do: func(t *testing.T, p people) {
			mutate(t, p.laptop, `deleteAccount`)
		}},
		{name: "delete account, by an operator", laptop: true, phone: true, passkey: true, account: true, do: func(t *testing.T, p people) {
			if err := site.DB.DeleteAccountOf(t.Context(), viewAccount(t, p.laptop).account); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(act.name, func(t *testing.T) {
			p := people{site.Visitor(t, shop), site.Visitor(t, shop)}
			p.laptop.SignUp(t)
			p.phone.Authenticator.Passkeys = p.laptop.Authenticator.Passkeys
			p.phone.Login(t).Must(t, 200)
			p.phone.Add(t).Must(t, 200)
			p.phone.Authenticator.Passkeys = p.phone.Authenticator.Passkeys[1:]
			p.phone.Login(t).Must(t, 200) // with the second passkey
			p.phone.SignUp(t)
			at := func(node *authtest.Site, v *authtest.Visitor) *authtest.Visitor {
				there := *v
				there.Site = node
				return &there
			}
			for _, v := range []*authtest.Visitor{p.laptop, p.phone} { // the second node caches the sessions
				if !widgetOpens(t, at(second, v)) || !accountOpens(t, at(second, v)) {
					t.Fatal("somebody is not signed in")
				}
			}

			act.do(t, p)
			done := time.Now()
			third := site.Node(t)
			for name, who := range map[string]struct {
				v    *authtest.Visitor
				ends bool
			}{"the laptop": {p.laptop, act.laptop}, "the phone": {p.phone, act.phone}} {
				for asked := time.Since(done); widgetOpens(t, at(second, who.v)) == who.ends || accountOpens(t, at(second, who.v)) == who.ends; asked = time.Since(done) {
					if asked > maxRevocationTime {
						t.Fatalf("%s: asked after %s the widget opens: %t, the account: %t", name, asked,
							widgetOpens(t, at(second, who.v)), accountOpens(t, at(second, who.v)))
					}
				}
				if widgetOpens(t, at(third, who.v)) == who.ends || accountOpens(t, at(third, who.v)) == who.ends {
					t.Errorf("%s: a node that starts later thinks otherwise", name)
				}
			}
			for _, node := range []*authtest.Site{second, third} {
				if status := at(node, p.phone).Login(t).Status; (status == 404) != act.passkey {
					t.Errorf("a sign-in with the phone's passkey is answered %d", status)
				}
				if status := at(node, p.laptop).Login(t).Status; (status == 404) != act.account {
					t.Errorf("a sign-in with the laptop's passkey is answered %d", status)
				}
			}
		})
	}
}

// An accountView is the account as a signed-in visitor sees it.
type accountView struct {
	account  uuid.UUID
	session  string // the current one
	passkeys []struct{ ID string }
}

func viewAccount(t *testing.T, v *authtest.Visitor) (seen accountView) {
	t.Helper()
	var answer struct {
		Data struct {
			Viewer struct {
				ID       uuid.UUID
				Passkeys []struct{ ID string }
				Sessions []struct {
					ID      string
					Current bool
				}
			}
		}
	}
	v.Account(t, `{ viewer { id passkeys { id } sessions { id current } } }`).Must(t, 200).JSON(t, &answer)
	viewer := answer.Data.Viewer
	seen.account, seen.passkeys = viewer.ID, viewer.Passkeys
	for _, s := range viewer.Sessions {
		if s.Current {
			seen.session = s.ID
		}
	}
	return seen
}

func mutate(t *testing.T, v *authtest.Visitor, mutation string) {
	t.Helper()
	if answer := v.Account(t, "mutation { "+mutation+" }").Must(t, 200); strings.Contains(answer.Body, `"errors"`) {
		t.Fatalf("%s: %s", mutation, answer.Body)
	}
}

// widgetOpens reports whether the visitor's access token can list notes.
func widgetOpens(t *testing.T, v *authtest.Visitor) bool {
	t.Helper()
	answer := v.GraphQL(t, "{ notes { edges { node { id } } } }", nil)
	return answer.Status == 200 && !strings.Contains(answer.Body, "errors")
}

// accountOpens reports whether the visitor's cookie can.
func accountOpens(t *testing.T, v *authtest.Visitor) bool {
	t.Helper()
	answer := v.Account(t, "{ notes { edges { node { id } } } }")
	return answer.Status == 200 && !strings.Contains(answer.Body, "errors")
}
