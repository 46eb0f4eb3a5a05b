package db_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// A person has a hundred live sessions at most, even when many begin at once on several nodes. The least recently used
// ones end, together with their grants.
func TestSessionsPerPersonAreLimited(t *testing.T) {
	d := dbtest.New(t)
	node := d.Node(t, db.Options{MaxConns: 4, SessionCache: -1})
	shop := d.Tenant(t, "Shop")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	bob.Widget(t, shop)
	first := alice.Widget(t, shop)
	d.Exec(t, `INSERT INTO sessions (id, kind, token_hash, user_id, chain_id, idle_timeout, idle_until, expires_at, last_used_at)
		SELECT gen_random_uuid(), 'ACCOUNT', sha256(n::text::bytea), user_id, gen_random_uuid(), '1 day', now() + '1 day', now() + '1 day', now() - n * interval '1 s'
		FROM sessions, generate_series(1, 97) n WHERE id = '`+first.ID.String()+`'`)
	d.Exec(t, `UPDATE sessions SET last_used_at = now() - interval '25 min', idle_until = now() - interval '25 min' + idle_timeout WHERE id = '`+first.ID.String()+`'`)
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

// Every way to begin a session waits for other new sessions of the person and then enforces the limit. The least recently
// used account session ends with all its grants, however recently they were used.
func TestEverySignInLimitsSessions(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	for name, way := range map[string]func(t *testing.T, alice *dbtest.Person) (user uuid.UUID, begin func() error){
		"a code": func(t *testing.T, alice *dbtest.Person) (uuid.UUID, func() error) {
			code := grantCode(t, d, alice.Account, d.Tenant(t, "Paper"))
			return alice.ID, func() error {
				_, err := redeem(t, d, code)
				return err
			}
		},
		"a passkey": func(t *testing.T, alice *dbtest.Person) (uuid.UUID, func() error) {
			passkey := passkeys(t, d, alice)[0]
			return alice.ID, func() error {
				return d.DB.SignIn(t.Context(), alice.ID, passkey, db.NewSession{Token: randomHash(), Idle: time.Hour, Lifetime: time.Hour}, nil)
			}
		},
		"the tenant's word": func(t *testing.T, _ *dbtest.Person) (user uuid.UUID, _ func() error) {
			evidence := d.VouchingEvidence(t, shop.Key)
			begin := func() error {
				return errorOf(d.DB.GrantVouched(t.Context(), shop.Key, joe, evidence, dbtest.Key, "https://shop.example", db.NewSession{Token: randomHash(), Idle: time.Hour, Lifetime: time.Hour}))
			}
			must(t, begin())
			must(t, d.Connect(t, d.Superuser()).QueryRow(t.Context(), `SELECT id FROM users WHERE vouched_by = $1`, shop.Key).Scan(&user))
			return user, begin
		},
	} {
		t.Run(name, func(t *testing.T) {
			user, begin := way(t, d.Person(t, "Alice"))
			const insert = `INSERT INTO sessions (id, kind, token_hash, user_id, tenant_key, embed_origin, jkt, chain_id, idle_timeout, idle_until, expires_at, last_used_at)
				SELECT gen_random_uuid(), kind, sha256(gen_random_uuid()::text::bytea), $1, CASE kind WHEN 'WIDGET' THEN $2 END, CASE kind WHEN 'WIDGET' THEN 'https://shop.example' END,
					CASE kind WHEN 'WIDGET' THEN 'k' ELSE '' END, chain, '1 day', now() + '1 day', now() + '1 day', now() - ago FROM `
			d.Exec(t, insert+`(VALUES ('ACCOUNT', '00000000-0000-0000-0000-000000000001'::uuid, interval '25 min'), ('WIDGET', '00000000-0000-0000-0000-000000000001', '0 s')) t (kind, chain, ago)`, user, shop.Key)
			d.Exec(t, insert+`(SELECT 'WIDGET', gen_random_uuid(), n * interval '1 s' FROM generate_series(1, 96) n) t (kind, chain, ago)`, user, shop.Key)
			conn := d.Connect(t, d.Superuser())
			live := func() (n, ofOldest int) {
				must(t, conn.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE chain_id = '00000000-0000-0000-0000-000000000001')
					FROM sessions WHERE user_id = $1 AND revoked_at IS NULL`, user).Scan(&n, &ofOldest))
				return n, ofOldest
			}
			if n, _ := live(); n != 99 {
				t.Fatalf("there are %d to begin with", n)
			}
			tx, err := d.Connect(t, d.Superuser()).Begin(t.Context())
			must(t, err)
			_, err = tx.Exec(t.Context(), `SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE`, user)
			must(t, err)
			ended := make(chan error, 1)
			go func() { ended <- begin() }()
			userLock{tx, conn}.waitUntilBlocked(t, 1, ended)
			if len(ended) > 0 {
				t.Error("it begins while another one of the same person's does")
			}
			_, err = tx.Exec(t.Context(), insert+`(VALUES ('WIDGET', gen_random_uuid(), interval '0 s')) t (kind, chain, ago)`, user, shop.Key)
			must(t, err)
			must(t, tx.Commit(t.Context()))
			must(t, <-ended)
			if n, ofOldest := live(); n != db.MaxSessions-1 || ofOldest != 0 {
				t.Errorf("%d live sessions, %d of them of the oldest chain", n, ofOldest)
			}
			d.Exec(t, `DELETE FROM sessions WHERE user_id = $1`, user)
		})
	}
}
