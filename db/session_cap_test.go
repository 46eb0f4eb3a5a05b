package db_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// A person has a hundred live sessions and no more, however many begin at once and on whichever node: the ones
// used longest ago end, and what they granted with them.
func TestAPersonHasSoManySessions(t *testing.T) {
	d := dbtest.New(t)
	node := d.Node(t, db.Options{MaxConns: 4, SessionCache: -1})
	shop := d.Tenant(t, "Shop")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	bob.Widget(t, shop)
	first := alice.Widget(t, shop)
	d.Exec(t, `INSERT INTO sessions (id, kind, token_hash, user_id, chain_id, idle_timeout, expires_at, last_used_at)
		SELECT gen_random_uuid(), 'ACCOUNT', sha256(n::text::bytea), user_id, gen_random_uuid(), '1 day', now() + '1 day', now() - n * interval '1 s'
		FROM sessions, generate_series(1, 97) n WHERE id = '`+first.ID.String()+`'`)
	d.Exec(t, `UPDATE sessions SET last_used_at = now() - interval '25 min' WHERE id = '`+first.ID.String()+`'`)
	conn := d.Connect(t, d.Superuser())
	count := func(where string, args ...any) (n int) {
		if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM sessions WHERE revoked_at IS NULL AND `+where, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	var credential []byte
	if err := conn.QueryRow(t.Context(), `SELECT credential_id FROM passkeys WHERE user_id = $1`, alice.ID).Scan(&credential); err != nil {
		t.Fatal(err)
	}
	if n := count(`user_id = $1`, alice.ID); n != 99 {
		t.Fatalf("there are %d to begin with", n)
	}
	alice.Widget(t, shop)
	if n := count(`user_id = $1`, alice.ID); n != 100 {
		t.Errorf("the hundredth ends some: %d are left", n)
	}
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			if i%2 == 0 {
				if _, err := alice.Redeem(t, shop); err != nil {
					t.Error(err)
				}
				return
			}
			by := []*db.DB{d.DB, node}[i/2%2]
			err := by.SignIn(t.Context(), alice.ID, db.Passkey{CredentialID: credential},
				db.NewSession{Token: db.HashToken(uuid.NewString()), Idle: 30 * time.Minute, Lifetime: time.Hour}, nil)
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := count(`user_id = $1`, alice.ID); n != db.MaxSessions {
		t.Errorf("%d live sessions, want %d", n, db.MaxSessions)
	}
	if count(`id = $1`, first.ID) != 0 {
		t.Error("the one used longest ago goes on")
	}
	if n := count(`user_id = $1`, bob.ID); n != 2 {
		t.Errorf("Bob has %d", n)
	}
	if list, err := d.DB.Sessions(t.Context(), alice.ID); err != nil || len(list) != db.MaxSessions {
		t.Errorf("%d are listed: %v", len(list), err)
	}
}
