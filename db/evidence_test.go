package db_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// assertedSignIn is an assertion or ticket of a tenant and the state of the sign-in that uses it.
type assertedSignIn struct {
	*dbtest.Database
	shop     *db.Tenant
	alice    *dbtest.Person
	evidence db.Evidence
	handle   db.TokenHash
	browser  db.TokenHash
	code     db.TokenHash
	opened   *db.AuthorizationRequest
}

func (s *assertedSignIn) request(t *testing.T) error {
	uri := randomHash()
	r := &db.AuthorizationRequest{
		RequestURIHash: uri[:], TenantKey: s.shop.Key, RedirectURI: "https://frame.example/embed/" + s.shop.Key, ResponseMode: "web_message",
		Scope: "notes", JKT: dbtest.Key, EmbedOrigin: "https://shop.example",
	}
	if s.handle != (db.TokenHash{}) {
		subject, evidence, err := s.DB.SubjectOfHandle(t.Context(), s.handle, s.shop.Key, dbtest.Key)
		must(t, err)
		r.Subject, r.Evidence = &subject.ID, evidence
	}
	if err := s.DB.PushRequest(t.Context(), r, time.Minute); err != nil {
		return err
	}
	var err error
	s.opened, err = s.DB.OpenRequest(t.Context(), uri, s.shop.Key, s.browser, time.Minute)
	return err
}

// signInSteps are the steps of a sign-in in order. Each of them uses the tenant's evidence.
var signInSteps = []struct {
	name string
	do   func(t *testing.T, s *assertedSignIn) error
}{
	{"a handle is kept", func(t *testing.T, s *assertedSignIn) error {
		s.handle = randomHash()
		return s.DB.StoreIdentityHandle(t.Context(), s.handle, s.shop.Key, joe, dbtest.Key, s.evidence, time.Minute)
	}},
	{"a request is pushed", func(t *testing.T, s *assertedSignIn) error { return s.request(t) }},
	{"a request is granted", func(t *testing.T, s *assertedSignIn) error {
		return s.DB.GrantRequest(t.Context(), s.opened.ID, s.browser, s.alice.Account, true, s.code, time.Minute)
	}},
	{"a code is redeemed", func(t *testing.T, s *assertedSignIn) error {
		_, err := redeem(t, s.Database, s.code)
		return err
	}},
}

// Every step checks an assertion or ticket again in its transaction, since the tenant may have changed after it was first
// accepted.
func TestAssertionIsCheckedAtEachStep(t *testing.T) {
	d := dbtest.New(t)
	for name, c := range map[string]struct {
		change func(t *testing.T, s *assertedSignIn) error
		vouch  bool // vouched grants still succeed
		handle bool // all others still succeed
	}{
		"nothing":                  {func(*testing.T, *assertedSignIn) error { return nil }, true, true},
		"no more vouched accounts": {policy(db.Policy{Assertion: db.AssertionOptional}), false, true},
		"no more assertions":       {policy(db.Policy{Assertion: db.AssertionNone}), false, false},
		"a nonce":                  {policy(db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true, RequireNonce: true}), false, false},
		"the key is revoked": {func(t *testing.T, s *assertedSignIn) error {
			err := s.DB.RevokeAssertionKey(t.Context(), db.Operator(s.shop.Key), s.evidence.Key)
			if db.IsCode(err, db.CodeNotFound) {
				err = s.DB.RevokeServerKey(t.Context(), db.Operator(s.shop.Key), s.evidence.Key)
			}
			return err
		}, false, false},
		"the tenant is suspended": {func(t *testing.T, s *assertedSignIn) error {
			_, err := s.DB.Suspend(t.Context(), db.Operator(s.shop.Key))
			return err
		}, false, false},
	} {
		for _, ticket := range []bool{false, true} {
			for after := range len(signInSteps) {
				t.Run(name+" before "+signInSteps[after].name, func(t *testing.T) {
					s := newAssertedSignIn(t, d, ticket)
					for i, step := range signInSteps {
						if i == after {
							must(t, c.change(t, s))
						}
						err := step.do(t, s)
						if i < after || c.handle || ticket && name == "a nonce" { // a ticket is valid only once, like a nonce
							must(t, err)
							continue
						}
						if !db.IsCode(err, db.CodeGone) {
							t.Errorf("%s: %v", step.name, err)
						}
						break
					}
				})
			}
			t.Run(name+" before a vouched session", func(t *testing.T) {
				s := newAssertedSignIn(t, d, ticket)
				token := randomHash()
				vouch := func() error {
					return errorOf(s.DB.GrantVouched(t.Context(), s.shop.Key, db.Subject{ID: uuid.NewString()}, s.evidence, dbtest.Key, "https://shop.example",
						db.NewSession{Token: token, Idle: time.Hour, Lifetime: time.Hour}))
				}
				must(t, vouch())
				must(t, c.change(t, s))
				stays := c.vouch || name == "a nonce" // sessions granted without a nonce remain
				if _, err := s.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key); (err == nil) != stays {
					t.Errorf("the session that was opened before: %v", err)
				}
				token = randomHash()
				if err := vouch(); (err == nil) != (c.vouch || ticket && name == "a nonce") || err != nil && !db.IsCode(err, db.CodeGone) {
					t.Errorf("another: %v", err)
				}
			})
		}
	}
}

func policy(p db.Policy) func(*testing.T, *assertedSignIn) error {
	return func(t *testing.T, s *assertedSignIn) error {
		_, err := s.DB.UpdateTenant(t.Context(), db.Operator(s.shop.Key), dbtest.Policy(p))
		return err
	}
}

// newAssertedSignIn starts a sign-in with an assertion or a ticket.
func newAssertedSignIn(t *testing.T, d *dbtest.Database, ticket bool) *assertedSignIn {
	s := &assertedSignIn{Database: d, shop: d.Tenant(t, "Shop"), alice: d.Person(t, "Alice"), browser: randomHash(), code: randomHash()}
	must(t, policy(db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true})(t, s))
	if !ticket {
		key := &db.AssertionKey{TenantKey: s.shop.Key, Kind: db.SharedSecret, Algorithm: "HS256", Secret: make([]byte, 32)}
		must(t, d.DB.AddAssertionKey(t.Context(), db.Operator(key.TenantKey), key))
		s.evidence = db.Evidence{Key: key.ID}
		return s
	}
	secret, _, err := d.DB.IssueTicket(t.Context(), d.ServerKey(t, s.shop), joe)
	must(t, err)
	_, s.evidence, err = d.DB.RedeemTicket(t.Context(), s.shop.Key, secret)
	must(t, err)
	return s
}

// Every step refuses a request without evidence once the tenant requires some.
func TestRequestWithoutAssertionIsCheckedAtEachStep(t *testing.T) {
	d := dbtest.New(t)
	for after := 1; after < len(signInSteps); after++ {
		t.Run("before "+signInSteps[after].name, func(t *testing.T) {
			s := newAssertedSignIn(t, d, false)
			for i := 1; i <= after; i++ {
				if i == after {
					must(t, policy(db.Policy{Assertion: db.AssertionRequired})(t, s))
				}
				if err := signInSteps[i].do(t, s); i < after && err != nil || i == after && !db.IsCode(err, db.CodeGone) {
					t.Errorf("%s: %v", signInSteps[i].name, err)
				}
			}
		})
	}
}

// A subject without evidence is not granted anything.
func TestNothingIsGrantedWithoutEvidence(t *testing.T) {
	s := newAssertedSignIn(t, dbtest.New(t), false)
	s.evidence = db.Evidence{}
	if err := signInSteps[0].do(t, s); !errors.Is(err, db.ErrNotAccepted) {
		t.Errorf("a handle: %v", err)
	}
	uri := randomHash()
	r := &db.AuthorizationRequest{RequestURIHash: uri[:], TenantKey: s.shop.Key, ResponseMode: "query", Scope: "notes", JKT: dbtest.Key, EmbedOrigin: "https://shop.example", Subject: &joe.ID}
	if err := s.DB.PushRequest(t.Context(), r, time.Minute); !errors.Is(err, db.ErrNotAccepted) {
		t.Errorf("a request: %v", err)
	}
	if _, err := s.DB.GrantVouched(t.Context(), s.shop.Key, joe, s.evidence, dbtest.Key, "https://shop.example", db.NewSession{Token: randomHash(), Idle: time.Hour, Lifetime: time.Hour}); !errors.Is(err, db.ErrNotAccepted) {
		t.Errorf("a vouched session: %v", err)
	}
}

// Rows of the previous release name no assertion key. They stay valid, and removing any of the tenant's keys ends the
// vouched sessions among them.
func TestEvidenceWithoutKey(t *testing.T) {
	s := newAssertedSignIn(t, dbtest.New(t), false)
	must(t, signInSteps[0].do(t, s))
	token := randomHash()
	must(t, errorOf(s.DB.GrantVouched(t.Context(), s.shop.Key, db.Subject{ID: "vera"}, s.evidence, dbtest.Key, "https://shop.example", db.NewSession{Token: token, Idle: time.Hour, Lifetime: time.Hour})))
	own := s.alice.WidgetToken(t, s.shop)
	s.Exec(t, `UPDATE identity_handles SET evidence_key = NULL, evidence_nonce = false`)
	s.Exec(t, `UPDATE sessions SET evidence_key = NULL`)
	for _, step := range signInSteps[1:] {
		must(t, step.do(t, s))
	}
	must(t, s.DB.RevokeAssertionKey(t.Context(), db.Operator(s.shop.Key), s.evidence.Key))
	if _, err := s.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("the vouched session: %v", err)
	}
	if _, err := s.DB.LookUpSession(t.Context(), db.Token{Hash: own}, dbtest.Key); err != nil {
		t.Errorf("a session by a passkey: %v", err)
	}
}
