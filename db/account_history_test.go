package db_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

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
