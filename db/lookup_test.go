package db_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// lookups compares each lookup table with the rows that it is about.
var lookups = map[string]string{
	"credentials":       `SELECT credential_id::text, user_id, false FROM credentials {} SELECT credential_id::text, user_id, false FROM passkeys`,
	"recovery_locators": `SELECT locator, user_id, false FROM recovery_locators {} SELECT locator, user_id, false FROM recovery_codes`,
	"subjects": `SELECT tenant_key || subject_hash::text, user_id, vouched FROM subjects {} (
		SELECT tenant_key || subject_hash::text, user_id, false FROM identities WHERE subject_hash IS NOT NULL
		UNION ALL SELECT vouched_by || vouched_subject_hash::text, id, true FROM users WHERE vouched_subject_hash IS NOT NULL)`,
}

// requireLookups checks that no lookup is missing and that none is left of a row that was deleted.
func requireLookups(t *testing.T, d *dbtest.Database, after string) {
	t.Helper()
	c := d.Connect(t, d.Superuser())
	defer func() { _ = c.Close(t.Context()) }()
	for table, compared := range lookups {
		left, right, _ := strings.Cut(compared, "{}")
		for what, query := range map[string]string{"has no row": left + " EXCEPT ALL " + right, "is missing": right + " EXCEPT ALL " + left} {
			if n := count(t, c, `SELECT count(*) FROM (`+query+`) x`); n > 0 {
				t.Errorf("after %s: a lookup in %s %s, %d times", after, table, what, n)
			}
		}
	}
	rows, err := c.Query(t.Context(), `SELECT u.id, u.handle, h.user_id FROM users u FULL JOIN user_handles h ON h.handle = u.handle WHERE u.vouched_by IS NULL`)
	must(t, err)
	var id, found uuid.NullUUID
	var handle []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &handle, &found}, func() error {
		if found != id && (found.Valid || !d.DB.CarriesUser(handle)) {
			t.Errorf("after %s: the handle of %v is of %v", after, id, found)
		}
		return nil
	})
	must(t, err)
	if t.Failed() {
		t.FailNow()
	}
}

// Whatever people do, each lookup has its row and each row its lookup: before the contract migrations, while a node of
// the earlier release writes too, and after them.
func TestLookupsMatchTheirRows(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	t.Run("after the upgrade", func(t *testing.T) {
		d := dbtest.New(t)
		h := &accountHistory{Database: d, shop: d.Tenant(t, "Shop"), random: rand.New(rand.NewPCG(seed, 1))}
		h.run(t, 150)
	})
	t.Run("during the upgrade", func(t *testing.T) {
		e := startEarlierRelease(t, nil)
		h := &accountHistory{Database: e.Database, earlier: e, shop: e.Tenant(t, "Shop"), random: rand.New(rand.NewPCG(seed, 2))}
		h.run(t, 200)
		e.finish(t)
		h.earlier = nil
		requireLookups(t, e.Database, "the contract migrations")
		h.run(t, 50)
	})
}

// Of several people who register one credential at once, one gets it.
func TestACredentialIsOnePersons(t *testing.T) {
	d := dbtest.New(t)
	nodes := []*db.DB{d.DB, d.Node(t, db.Options{MaxConns: 8, SessionCache: -1})}
	for range 5 {
		p := newPasskey()
		results := make(chan error, 8)
		var all sync.WaitGroup
		for i := range cap(results) {
			all.Go(func() {
				u := newUser()
				u.Passkey = p
				_, err := nodes[i%2].SignUp(t.Context(), u, newSession(), nil)
				results <- err
			})
		}
		all.Wait()
		close(results)
		won := 0
		for err := range results {
			if err == nil {
				won++
			} else if !db.IsCode(err, db.CodeConflict) {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d people have the credential", won)
		}
	}
	requireLookups(t, d, "a race")
}

// The lookup decides who has a subject, also when another transaction that holds none of our locks writes it first.
func TestASubjectIsDecidedByItsLookup(t *testing.T) {
	for name, c := range map[string]struct {
		vouched, committed bool
		link               error // the result of linking meanwhile
		signIn             error // the result of a vouched sign-in meanwhile
	}{
		"linked by another person": {committed: true, link: db.ErrLinkedElsewhere, signIn: db.ErrPasskeyRequired},
		"linked, rolled back":      {},
		"vouched for, rolled back": {vouched: true},
	} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.New(t)
			shop, alice, bob := d.Tenant(t, "Shop"), d.Person(t, "Alice"), d.Person(t, "Bob")
			for act, want := range map[string]error{"link": c.link, "sign-in": c.signIn} {
				s := db.Subject{ID: act}
				tx, err := d.Connect(t, d.Superuser()).Begin(t.Context())
				must(t, err)
				_, err = tx.Exec(t.Context(), `INSERT INTO subjects VALUES ($1, $2, $3, $4)`, shop.Key, d.DB.SubjectHash(shop.Key, s.ID), bob.ID, c.vouched)
				must(t, err)
				d.VouchingEvidence(t, shop.Key)
				result := make(chan error, 1)
				go func() {
					if act == "link" {
						result <- linkSubject(t, d, alice, shop, s)
						return
					}
					_, err := signInVouched(t, d, shop, s)
					result <- err
				}()
				beside := d.Connect(t, d.Superuser())
				for deadline := time.Now().Add(time.Minute); len(result) == 0 && time.Now().Before(deadline); {
					if dbtest.Blocked(t, beside) > 0 {
						break
					}
				}
				if c.committed {
					must(t, tx.Commit(t.Context()))
				} else {
					must(t, tx.Rollback(t.Context()))
				}
				if err := <-result; !errors.Is(err, want) {
					t.Errorf("%s: %v, not %v", act, err, want)
				}
			}
			if !c.committed {
				requireLookups(t, d, name)
			}
		})
	}
}

// What the earlier release's nodes write is found, and what is written beside them is found by them.
func TestLookupsOfTheEarlierRelease(t *testing.T) {
	var before uuid.UUID
	var handle []byte
	e := startEarlierRelease(t, func(e *earlierRelease) {
		var err error
		before, handle, _, err = e.signUp(t.Context())
		must(t, err)
	})
	shop, alice := e.Tenant(t, "Shop"), e.Person(t, "Alice")
	if user, err := e.DB.UserOfHandle(t.Context(), handle); err != nil || user != before {
		t.Errorf("the handle from before is of %s, %v", user, err)
	}
	during, handle, credential, err := e.signUp(t.Context())
	must(t, err)
	if user, err := e.DB.UserOfHandle(t.Context(), handle); err != nil || user != during {
		t.Errorf("the handle from meanwhile is of %s, %v", user, err)
	}
	ours := e.DB.NewUserHandle() // of a registration that this release began and the earlier node finished
	finished, _, err := e.signUpWith(t.Context(), ours)
	must(t, err)
	if user, err := e.DB.PasskeyUserByHandle(t.Context(), ours); err != nil || user.ID != finished {
		t.Errorf("the passkey with a registration that the earlier node finished: %v", err)
	}
	u := newUser()
	u.Passkey.CredentialID = credential
	if _, err := e.DB.SignUp(t.Context(), u, newSession(), nil); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("the earlier node's credential: %v", err)
	}
	must(t, e.link(t.Context(), during, shop.Key, "joe"))
	if user, err := e.DB.LinkedTo(t.Context(), shop.Key, "joe"); err != nil || user != during {
		t.Errorf("joe is %s, %v", user, err)
	}
	if err := linkSubject(t, e.Database, alice, shop, db.Subject{ID: "joe"}); !errors.Is(err, db.ErrLinkedElsewhere) {
		t.Errorf("joe again: %v", err)
	}
	must(t, e.vouch(t.Context(), shop.Key, "ann"))
	if yes, err := e.DB.HasVouchedAccount(t.Context(), shop.Key, "ann"); err != nil || !yes {
		t.Errorf("ann is not vouched for: %v", err)
	}
	must(t, e.link(t.Context(), before, shop.Key, "ann"))
	if user, err := e.DB.LinkedTo(t.Context(), shop.Key, "ann"); err != nil || user != before {
		t.Errorf("ann is %s and not %s, %v", user, before, err)
	}

	// The earlier node refuses and finds what is written beside it.
	taken := passkeys(t, e.Database, alice)[0].CredentialID
	if err := e.exec(t.Context(), earlierPasskey, during, taken); !db.IsSQLState(err, "23505") {
		t.Errorf("Alice's credential: %v", err)
	}
	must(t, linkSubject(t, e.Database, alice, shop, db.Subject{ID: "eve"}))
	if err := e.link(t.Context(), during, shop.Key, "eve"); !db.IsSQLState(err, "23505") {
		t.Errorf("Alice's subject: %v", err)
	}
	user, err := e.DB.PasskeyUser(t.Context(), alice.ID)
	must(t, err)
	var found uuid.UUID
	must(t, e.act(t.Context(), func(tx pgx.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT u.id FROM users u JOIN passkeys p ON p.user_id = u.id WHERE u.handle = $1 ORDER BY p.id`, user.Handle).Scan(&found)
	}))
	if found != alice.ID {
		t.Errorf("the earlier node takes Alice for %s", found)
	}
	requireLookups(t, e.Database, "all of it")
}
