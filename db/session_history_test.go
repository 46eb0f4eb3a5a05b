package db_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// history is a model, without a database, of people in browsers on two nodes. It knows which sessions must be live.
type history struct {
	*dbtest.Database
	nodes    []*db.DB
	random   *mrand.Rand
	people   []*historyPerson
	browsers []*historySession // the session of each browser's cookie, or nil
	tenants  []*db.Tenant
	sessions []*historySession
	codes    []*historyCode
	chains   int
	log      []string
}

type historyPerson struct {
	id       uuid.UUID
	passkeys []db.Passkey
}

type historySession struct {
	name    string
	token   db.TokenHash
	jkt     string
	person  *historyPerson
	passkey uuid.UUID
	chain   int
	tenant  string
	subject string
	ended   bool // revoked
	over    bool // expired, which ends no other session
	swept   bool
}

type historyCode struct {
	code    db.TokenHash
	by      *historySession
	passkey uuid.UUID
	void    bool
	tenant  string
	subject string
}

func (s *historySession) live() bool { return !s.ended && !s.over }

func (h *history) node() *db.DB { return h.nodes[h.random.IntN(len(h.nodes))] }

func pick[T any](r *mrand.Rand, list []T) T { return list[r.IntN(len(list))] }

func randomHash() (h db.TokenHash) {
	_, _ = rand.Read(h[:])
	return h
}

// end ends the sessions that match which, and the chains of account sessions.
func (h *history) end(which func(*historySession) bool) {
	var chains []int
	for _, s := range h.sessions {
		if !s.ended && !s.swept && which(s) {
			s.ended = true
			if s.jkt == "" {
				chains = append(chains, s.chain)
			}
		}
	}
	for _, s := range h.sessions {
		s.ended = s.ended || slices.Contains(chains, s.chain)
	}
}

// account returns a signed-in browser and its session, and looks the session up.
func (h *history) account(t *testing.T) (int, *historySession, *db.Session) {
	t.Helper()
	for _, b := range h.random.Perm(len(h.browsers)) {
		if s := h.browsers[b]; s != nil && s.live() {
			found, err := h.node().LookUpSession(t.Context(), db.Token{Hash: s.token}, "")
			must(t, err)
			return b, s, found
		}
	}
	return 0, nil, nil
}

// begin prepares a sign-in in a browser and returns the new session, the one to replace and a function that records it.
func (h *history) begin(b int, p *historyPerson) (db.NewSession, *db.Token, func(passkey uuid.UUID)) {
	n := db.NewSession{Token: randomHash(), Idle: time.Hour, Lifetime: time.Hour}
	old := h.browsers[b]
	var replaces *db.Token
	if old != nil {
		replaces = &db.Token{Hash: old.token}
		if old.token[0]%2 == 0 { // half of the tokens name their user
			replaces.User = old.person.id
		}
	}
	return n, replaces, func(passkey uuid.UUID) {
		h.chains++
		s := &historySession{name: fmt.Sprintf("account %d", len(h.sessions)), token: n.Token, person: p, passkey: passkey, chain: h.chains}
		switch {
		case old == nil || old.swept:
		case old.person == p:
			s.chain, old.ended = old.chain, true
		default:
			old.ended = true
			h.end(func(other *historySession) bool { return other.chain == old.chain })
		}
		h.sessions, h.browsers[b] = append(h.sessions, s), s
	}
}

func (h *history) signUp(t *testing.T, name string) *historyPerson {
	t.Helper()
	made := h.Person(t, name)
	p := &historyPerson{id: made.ID}
	h.learn(t, p)
	h.chains++
	h.sessions = append(h.sessions, &historySession{name: "sign-up of " + name, token: made.Cookie, person: p, passkey: p.passkeys[0].ID, chain: h.chains})
	return p
}

func (h *history) learn(t *testing.T, p *historyPerson) {
	t.Helper()
	list, err := h.DB.Passkeys(t.Context(), p.id)
	must(t, err)
	p.passkeys = list
}

// check compares every session on every node with the model.
func (h *history) check(t *testing.T) {
	t.Helper()
	for _, s := range h.sessions {
		for i, node := range h.nodes {
			_, err := node.PeekSession(t.Context(), db.Token{Hash: s.token}, s.jkt)
			if err != nil && !errors.Is(err, db.ErrNoSession) {
				t.Fatal(err)
			}
			if got := err == nil; got != s.live() {
				t.Fatalf("%s (chain %d, passkey %s, %q) is live at node %d: %v, want %v, after\n%v",
					s.name, s.chain, s.passkey, s.subject, i, got, s.live(), h.log)
			}
		}
	}
}

// A widget session ends on every node when its account session, passkey or account ends, after any number of
// replacements. Nothing else ends.
func TestNoSessionOutlivesItsOrigin(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			d := dbtest.New(t)
			h := &history{
				Database: d, nodes: []*db.DB{d.DB, d.Node(t, db.Options{MaxConns: 4, SessionCache: -1})},
				random: mrand.New(mrand.NewPCG(seed, 1)), browsers: make([]*historySession, 3),
				tenants: []*db.Tenant{d.Tenant(t, "Shop"), d.Tenant(t, "Paper")},
			}
			for _, name := range []string{"Alice", "Bob"} {
				h.people = append(h.people, h.signUp(t, name))
				h.browsers[len(h.people)-1] = h.sessions[len(h.sessions)-1]
			}
			for range 60 {
				act := pick(h.random, acts)
				h.log = append(h.log, "\n"+act.name)
				act.do(t, h)
				h.check(t)
			}
		})
	}
}
