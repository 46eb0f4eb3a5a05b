package db_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
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

// An accountHistory is a sequence of random acts by people, and by a node of the earlier release if there is one.
type accountHistory struct {
	*dbtest.Database
	earlier *earlierRelease
	shop    *db.Tenant
	random  *rand.Rand
	people  []*dbtest.Person
	older   []uuid.UUID // people who were signed up by the earlier node
	vouched []uuid.UUID
	taken   []db.Passkey
}

func (h *accountHistory) person(t *testing.T) *dbtest.Person {
	t.Helper()
	if len(h.people) == 0 {
		h.people = append(h.people, h.Person(t, "Somebody"))
	}
	return h.people[h.random.IntN(len(h.people))]
}

// anyone is the id of a person, some of them signed up by the earlier node.
func (h *accountHistory) anyone(t *testing.T) uuid.UUID {
	t.Helper()
	if all := slices.Concat(h.older, []uuid.UUID{h.person(t).ID}); len(all) > 0 {
		return all[h.random.IntN(len(all))]
	}
	return uuid.Nil
}

func (h *accountHistory) subject() db.Subject {
	return db.Subject{ID: "visitor " + strconv.Itoa(h.random.IntN(6))}
}

// forget takes a deleted account out of the story.
func (h *accountHistory) forget(user uuid.UUID) {
	h.people = slices.DeleteFunc(h.people, func(p *dbtest.Person) bool { return p.ID == user })
	h.older = slices.DeleteFunc(h.older, func(id uuid.UUID) bool { return id == user })
}

func (h *accountHistory) acts() map[string]func(*testing.T) error {
	acts := map[string]func(*testing.T) error{
		"a sign-up": func(t *testing.T) error {
			h.people = append(h.people, h.Person(t, "Somebody"))
			return nil
		},
		"a sign-up of an earlier release's ceremony": func(t *testing.T) error {
			_, err := h.DB.SignUp(t.Context(), newUser(), newSession(), nil)
			return err
		},
		"a sign-up with a passkey that is taken": func(t *testing.T) error {
			if len(h.taken) == 0 {
				return nil
			}
			u := newUser()
			u.Passkey = h.taken[h.random.IntN(len(h.taken))]
			_, err := h.DB.SignUp(t.Context(), u, newSession(), nil)
			return err
		},
		"a passkey more": func(t *testing.T) error {
			p := newPasskey()
			if h.taken = append(h.taken, p); h.random.IntN(3) == 0 {
				p = h.taken[h.random.IntN(len(h.taken))]
			}
			_, err := h.DB.AddPasskey(t.Context(), h.person(t).Account, p)
			return err
		},
		"a passkey less": func(t *testing.T) error {
			p := h.person(t)
			list := passkeys(t, h.Database, p)
			if len(list) == 0 {
				return nil
			}
			return h.DB.DeletePasskey(t.Context(), p.Account, list[len(list)-1].ID)
		},
		"recovery codes": func(t *testing.T) error {
			_, err := h.DB.RegenerateRecoveryCodes(t.Context(), h.person(t).Account)
			return err
		},
		"a recovery": func(t *testing.T) error {
			p := h.person(t)
			codes, err := h.DB.RegenerateRecoveryCodes(t.Context(), p.Account)
			if err != nil {
				return err
			}
			found, err := findRecovery(t, h.Database, codes[h.random.IntN(len(codes))])
			must(t, err)
			p.Cookie, err = recoverWith(t, h.Database, found)
			must(t, err)
			h.Exec(t, `UPDATE sessions SET confirmed_at = now() WHERE user_id = $1`, p.ID)
			p.Account, err = h.DB.LookUpSession(t.Context(), db.Token{Hash: p.Cookie}, "")
			return err
		},
		"an operator's link": func(t *testing.T) error {
			_, _, err := h.DB.NewRecoveryLink(t.Context(), h.anyone(t))
			return err
		},
		"a link that expires": func(t *testing.T) error {
			if _, _, err := h.DB.NewRecoveryLink(t.Context(), h.anyone(t)); err != nil {
				return err
			}
			h.Exec(t, `UPDATE recovery_codes SET expires_at = now() - interval '1 minute' WHERE expires_at IS NOT NULL`)
			return h.DB.Sweep(t.Context())
		},
		"a link to a subject": func(t *testing.T) error { return linkSubject(t, h.Database, h.person(t), h.shop, h.subject()) },
		"an unlinking": func(t *testing.T) error {
			p := h.person(t)
			list, err := h.DB.Identities(t.Context(), p.ID)
			if err != nil || len(list) == 0 {
				return err
			}
			return h.DB.Unlink(t.Context(), p.Account, list[0].ID)
		},
		"a vouched sign-in": func(t *testing.T) error {
			s, err := signInVouched(t, h.Database, h.shop, h.subject())
			if err == nil {
				h.vouched = append(h.vouched, s.UserID)
			}
			return err
		},
		"the deletion of a vouched account": func(t *testing.T) error {
			if len(h.vouched) == 0 {
				return nil
			}
			return h.DB.DeleteAccountOf(t.Context(), h.vouched[h.random.IntN(len(h.vouched))])
		},
		"a deletion": func(t *testing.T) error {
			p := h.person(t)
			h.forget(p.ID)
			return h.DB.DeleteAccount(t.Context(), p.Account)
		},
	}
	if e := h.earlier; e != nil {
		earlier := map[string]func(*testing.T) error{
			"sign-up": func(t *testing.T) error {
				user, _, _, err := e.signUp(t.Context())
				h.older = append(h.older, user)
				return err
			},
			"passkey more": func(t *testing.T) error {
				p := newPasskey()
				if h.taken = append(h.taken, p); h.random.IntN(3) == 0 {
					p = h.taken[h.random.IntN(len(h.taken))]
				}
				return e.exec(t.Context(), earlierPasskey, h.anyone(t), p.CredentialID)
			},
			"passkey less": func(t *testing.T) error {
				return e.exec(t.Context(), `DELETE FROM passkeys WHERE user_id = $1 AND id = (SELECT id FROM passkeys WHERE user_id = $1 ORDER BY id DESC OFFSET 1 LIMIT 1)`, h.anyone(t))
			},
			"codes": func(t *testing.T) error {
				return e.act(t.Context(), func(tx pgx.Tx) error {
					user := h.anyone(t)
					if _, err := tx.Exec(t.Context(), `DELETE FROM recovery_codes WHERE user_id = $1 AND expires_at IS NULL`, user); err != nil {
						return err
					}
					_, err := tx.Exec(t.Context(), `INSERT INTO recovery_codes (locator, user_id, code_hash, expires_at) VALUES ($1, $2, sha256('code'), NULL) ON CONFLICT DO NOTHING`,
						fmt.Sprintf("%06d", h.random.IntN(1e6)), user)
					return err
				})
			},
			"link to a subject": func(t *testing.T) error { return e.link(t.Context(), h.anyone(t), h.shop.Key, h.subject().ID) },
			"unlinking": func(t *testing.T) error {
				return e.exec(t.Context(), `DELETE FROM identities WHERE user_id = $1`, h.anyone(t))
			},
			"vouched sign-in": func(t *testing.T) error { return e.vouch(t.Context(), h.shop.Key, h.subject().ID) },
			"deletion": func(t *testing.T) error {
				user := h.anyone(t)
				h.forget(user)
				return e.exec(t.Context(), `DELETE FROM users WHERE id = $1`, user)
			},
		}
		for name, act := range earlier {
			acts["an earlier node's "+name] = act
		}
	}
	return acts
}

// run does random acts, and compares the lookups with the rows after each.
func (h *accountHistory) run(t *testing.T, n int) {
	t.Helper()
	acts := h.acts()
	names := make([]string, 0, len(acts))
	for name := range acts {
		names = append(names, name)
	}
	slices.Sort(names)
	done := map[string]int{}
	for range n {
		name := names[h.random.IntN(len(names))]
		err := acts[name](t)
		var refused *db.Error
		if err != nil && !errors.As(err, &refused) && !(h.earlier != nil && (db.IsSQLState(err, "23505") || db.IsSQLState(err, "23503"))) {
			t.Fatalf("%s: %v", name, err)
		}
		if err == nil {
			done[name]++
		}
		requireLookups(t, h.Database, fmt.Sprintf("%s (%v)", name, err))
	}
	for _, name := range names {
		if done[name] == 0 {
			t.Logf("%s was never done", name)
		}
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
		t.Errorf("the passkey whose registration the earlier node finished: %v", err)
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
