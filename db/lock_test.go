package db_test

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// twoBrowsers is a person who does two things at once in two browsers.
type twoBrowsers struct {
	*dbtest.Person
	sessions [2]*db.Session
	tokens   [2]db.TokenHash
	passkeys [2]db.Passkey
	codes    []string
	widgets  [2]db.TokenHash
}

func newTwoBrowsers(t *testing.T, d *dbtest.Database) *twoBrowsers {
	t.Helper()
	p := &twoBrowsers{Person: d.Person(t, "Alice")}
	p.codes = makeCodes(t, d, p.Person)
	for i := range p.sessions {
		p.passkeys[i] = newPasskey()
		if _, err := d.DB.AddPasskey(t.Context(), p.Account, p.passkeys[i]); err != nil {
			t.Fatal(err)
		}
		p.sessions[i], p.tokens[i] = signIn(t, d, p.Person, p.passkeys[i])
	}
	for i, k := range passkeys(t, d, p.Person)[1:] {
		p.passkeys[i].ID = k.ID
	}
	return p
}

// No two simultaneous acts of a person deadlock. The second one runs after the first, or is refused because of it.
func TestConcurrentActsDoNotDeadlock(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	somebody := d.Person(t, "Somebody else")
	somebodys := passkeys(t, d, somebody)[0]
	acts := []struct {
		name string
		do   func(t *testing.T, p *twoBrowsers, i int) error
	}{
		{"remove the other's passkey", func(t *testing.T, p *twoBrowsers, i int) error {
			return d.DB.DeletePasskey(t.Context(), p.sessions[i], p.passkeys[1-i].ID)
		}},
		{"end the other sessions", func(t *testing.T, p *twoBrowsers, i int) error {
			_, err := d.DB.RevokeOtherSessions(t.Context(), p.sessions[i])
			return err
		}},
		{"recover", func(t *testing.T, p *twoBrowsers, i int) error {
			found, err := findRecovery(t, d, p.codes[i])
			if err == nil {
				_, err = recoverWith(t, d, found)
			}
			return err
		}},
		{"sign in", func(t *testing.T, p *twoBrowsers, i int) error { // in the other act's browser
			var token db.TokenHash
			_, _ = rand.Read(token[:])
			return d.DB.SignIn(t.Context(), p.ID, p.passkeys[i], db.NewSession{Token: token, Idle: time.Hour, Lifetime: time.Hour}, &db.Token{Hash: p.tokens[1-i]})
		}},
		{"go to a tenant", func(t *testing.T, p *twoBrowsers, i int) error {
			person := *p.Person
			person.Account = p.sessions[i]
			_, err := person.Redeem(t, shop)
			return err
		}},
		{"leave", func(t *testing.T, p *twoBrowsers, i int) error { return d.DB.DeleteAccount(t.Context(), p.sessions[i]) }},
		{"sign somebody else in", func(t *testing.T, p *twoBrowsers, i int) error { // in the other act's browser
			return d.DB.SignIn(t.Context(), somebody.ID, somebodys, db.NewSession{Token: randomHash(), Idle: time.Hour, Lifetime: time.Hour}, &db.Token{Hash: p.tokens[1-i]})
		}},
		{"sign out of a widget", func(t *testing.T, p *twoBrowsers, i int) error {
			return d.DB.SignOut(t.Context(), db.Token{Hash: p.widgets[1-i]}, "")
		}},
	}
	for i, one := range acts {
		for _, other := range acts[i:] {
			t.Run(one.name+", "+other.name, func(t *testing.T) {
				p := newTwoBrowsers(t, d)
				for i := range p.widgets {
					person := *p.Person
					person.Account = p.sessions[i]
					p.widgets[i] = person.WidgetToken(t, shop)
				}
				held := lockUserRow(t, d, p)
				ended := make(chan error, 2)
				for n, act := range []func(*testing.T, *twoBrowsers, int) error{other.do, one.do} {
					go func() { ended <- act(t, p, n) }()
					held.waitUntilBlocked(t, n+1, ended)
				}
				must(t, held.Rollback(t.Context()))
				for range 2 {
					var refused *db.Error
					if err := <-ended; err != nil && !errors.As(err, &refused) {
						t.Errorf("%v", err)
					}
				}
			})
		}
	}
}

// userLock is a transaction that locks a person's row.
type userLock struct {
	pgx.Tx
	beside *pgx.Conn // a second connection, since a transaction sees a fixed snapshot of the waiting processes
}

func lockUserRow(t *testing.T, d *dbtest.Database, p *twoBrowsers) userLock {
	t.Helper()
	tx, err := d.Connect(t, d.Superuser()).BeginTx(t.Context(), pgx.TxOptions{})
	must(t, err)
	_, err = tx.Exec(t.Context(), `SELECT FROM users WHERE id = $1 FOR UPDATE`, p.ID)
	must(t, err)
	return userLock{tx, d.Connect(t, d.Superuser())}
}

// waitUntilBlocked waits until n acts have ended or are waiting for a lock.
func (h userLock) waitUntilBlocked(t *testing.T, n int, ended chan error) {
	t.Helper()
	waiting := 0
	for deadline := time.Now().Add(time.Minute); waiting+len(ended) < n && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		waiting = dbtest.Blocked(t, h.beside)
	}
}
