package db_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func (h *history) note(format string, args ...any) {
	h.log[len(h.log)-1] += fmt.Sprintf(" "+format, args...)
}

// acts are the steps of a history. Some are listed twice to make them more frequent.
var acts = []struct {
	name string
	do   func(*testing.T, *history)
}{
	{"sign in", signInSomewhere}, {"sign in", signInSomewhere}, {"sign in", signInSomewhere},
	{"open a widget", openWidget}, {"open a widget", openWidget}, {"open a widget", openWidget},
	{"grant a code", func(t *testing.T, h *history) { h.grant(t) }},
	{"redeem", redeemSome}, {"redeem", redeemSome},
	{"add a passkey", func(t *testing.T, h *history) {
		_, s, found := h.account(t)
		if s == nil || len(s.person.passkeys) > 3 {
			return
		}
		_, err := h.node().AddPasskey(t.Context(), found, newPasskey())
		must(t, err)
		h.learn(t, s.person)
	}},
	{"confirm", func(t *testing.T, h *history) {
		_, s, found := h.account(t)
		if s == nil {
			return
		}
		p := pick(h.random, s.person.passkeys)
		must(t, h.node().Confirm(t.Context(), found, p))
		s.passkey = p.ID
		h.note("%s with %s", s.name, p.ID)
	}},
	{"remove a passkey", removePasskey}, {"remove a passkey", removePasskey},
	{"revoke", func(t *testing.T, h *history) {
		_, s, found := h.account(t)
		if s == nil {
			return
		}
		list, err := h.node().Sessions(t.Context(), s.person.id)
		must(t, err)
		id := pick(h.random, list).ID
		must(t, h.node().RevokeSession(t.Context(), found, id))
		revoked := h.byID(t, id)
		h.note("%s", revoked.name)
		h.end(func(s *historySession) bool { return s == revoked })
	}},
	{"revoke the others", func(t *testing.T, h *history) {
		_, s, found := h.account(t)
		if s == nil || h.random.IntN(3) > 0 {
			return
		}
		live := 0
		for _, other := range h.sessions {
			if other.person == s.person && other != s && other.live() {
				live++
			}
		}
		n, err := h.node().RevokeOtherSessions(t.Context(), found)
		must(t, err)
		if n != live {
			t.Errorf("%d others ended, there were %d", n, live)
		}
		for _, other := range h.sessions {
			other.ended = other.ended || other.person == s.person && other != s
		}
	}},
	{"sign out of a widget", func(t *testing.T, h *history) {
		s := pick(h.random, h.sessions)
		if s.jkt == "" || s.swept {
			return
		}
		h.note("%s", s.name)
		must(t, h.node().SignOut(t.Context(), db.Token{Hash: s.token}, ""))
		h.end(func(other *historySession) bool { return other.chain == s.chain })
	}},
	{"recover", func(t *testing.T, h *history) {
		if h.random.IntN(3) > 0 {
			return
		}
		p, b := pick(h.random, h.people), h.random.IntN(len(h.browsers))
		link, _, err := h.node().NewRecoveryLink(t.Context(), p.id)
		must(t, err)
		found, err := followLink(t, h.Database, link)
		must(t, err)
		n, replaces, begun := h.begin(b, p)
		must(t, h.node().Recover(t.Context(), p.id, found.Code, newPasskey(), n, replaces))
		h.end(func(s *historySession) bool { return s.person == p })
		h.learn(t, p)
		begun(p.passkeys[len(p.passkeys)-1].ID)
	}},
	{"unlink", func(t *testing.T, h *history) {
		_, s, found := h.account(t)
		if s == nil {
			return
		}
		list, err := h.node().Identities(t.Context(), s.person.id)
		must(t, err)
		if len(list) == 0 {
			return
		}
		i := pick(h.random, list)
		h.note("%s at %s", i.Subject.ID, i.TenantKey)
		must(t, h.node().Unlink(t.Context(), found, i.ID))
		h.end(func(w *historySession) bool {
			return w.person == s.person && w.tenant == i.TenantKey && w.subject == i.Subject.ID
		})
		for _, c := range h.codes {
			c.void = c.void || c.by.person == s.person && c.tenant == i.TenantKey && c.subject == i.Subject.ID
		}
	}},
	{"vouch", func(t *testing.T, h *history) {
		tenant := pick(h.random, h.tenants)
		policy := dbtest.Policy(db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true})
		_, err := h.node().UpdateTenant(t.Context(), db.Operator(tenant.Key), policy)
		must(t, err)
		s := &historySession{name: fmt.Sprintf("vouched %d", len(h.sessions)), token: randomHash(), jkt: dbtest.Key, tenant: tenant.Key, subject: h.subject()}
		_, err = h.node().GrantVouched(t.Context(), tenant.Key, db.Subject{ID: s.subject}, h.VouchingEvidence(t, tenant.Key), s.jkt, "https://shop.example", db.NewSession{Token: s.token, Idle: time.Hour, Lifetime: time.Hour})
		if errors.Is(err, db.ErrPasskeyRequired) {
			return
		}
		must(t, err)
		h.chains++
		s.chain = h.chains
		h.sessions = append(h.sessions, s)
	}},
	{"time passes for a session", func(t *testing.T, h *history) {
		s := pick(h.random, h.sessions)
		if s.ended || s.over {
			return
		}
		h.note("%s", s.name)
		s.over = true
		h.Exec(t, pick(h.random, []string{
			`UPDATE sessions SET last_used_at = now() - 2 * idle_timeout, idle_until = now() - 2 * idle_timeout + idle_timeout WHERE token_hash = $1`,
			`UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE token_hash = $1`,
		}), s.token[:])
	}},
	{"a session is swept", func(t *testing.T, h *history) {
		s := pick(h.random, h.sessions)
		if s.swept {
			return
		}
		h.note("%s", s.name)
		s.over, s.swept = true, true
		h.Exec(t, `UPDATE sessions SET expires_at = now() - interval '2 days' WHERE token_hash = $1`, s.token[:])
		must(t, h.node().Sweep(t.Context()))
	}},
	{"delete the account", func(t *testing.T, h *history) {
		_, s, found := h.account(t)
		if s == nil || h.random.IntN(5) > 0 {
			return
		}
		h.Exec(t, `UPDATE sessions SET confirmed_at = now() WHERE token_hash = $1`, s.token[:])
		must(t, h.node().DeleteAccount(t.Context(), found))
		h.end(func(other *historySession) bool { return other.person == s.person })
		for _, other := range h.sessions {
			other.swept = other.swept || other.person == s.person
		}
		for i, p := range h.people {
			if p == s.person {
				h.people[i] = h.signUp(t, "Somebody new")
			}
		}
	}},
}

func (h *history) subject() string { return pick(h.random, []string{"joe", "ann"}) }

func (h *history) byID(t *testing.T, id uuid.UUID) *historySession {
	t.Helper()
	var hash []byte
	must(t, h.Connect(t, h.Superuser()).QueryRow(t.Context(), `SELECT token_hash FROM sessions WHERE id = $1`, id).Scan(&hash))
	for _, s := range h.sessions {
		if s.token == db.TokenHash(hash) {
			return s
		}
	}
	t.Fatal("a session that nobody began")
	return nil
}

func signInSomewhere(t *testing.T, h *history) {
	b, p := h.random.IntN(len(h.browsers)), pick(h.random, h.people)
	passkey := pick(h.random, p.passkeys)
	n, replaces, begun := h.begin(b, p)
	must(t, h.node().SignIn(t.Context(), p.id, passkey, n, replaces))
	begun(passkey.ID)
	h.note("in browser %d with %s: %s", b, passkey.ID, h.browsers[b].name)
}

func removePasskey(t *testing.T, h *history) {
	_, s, found := h.account(t)
	if s == nil {
		return
	}
	p := pick(h.random, s.person.passkeys)
	h.Exec(t, `UPDATE sessions SET confirmed_at = now() WHERE token_hash = $1`, s.token[:])
	h.note("%s", p.ID)
	err := h.node().DeletePasskey(t.Context(), found, p.ID)
	if len(s.person.passkeys) == 1 {
		if !db.IsCode(err, db.CodeConflict) {
			t.Errorf("the last passkey: %v", err)
		}
		return
	}
	must(t, err)
	h.learn(t, s.person)
	h.end(func(other *historySession) bool { return other.passkey == p.ID })
}

// grant grants a tenant a code of a browser's account session. It returns nil if nobody is signed in.
func (h *history) grant(t *testing.T) *historyCode {
	_, s, found := h.account(t)
	if s == nil {
		return nil
	}
	uri, browser := randomHash(), randomHash()
	c := &historyCode{code: randomHash(), by: s, passkey: s.passkey, tenant: pick(h.random, h.tenants).Key}
	r := &db.AuthorizationRequest{
		RequestURIHash: uri[:], TenantKey: c.tenant, RedirectURI: "https://frame.example/embed/" + c.tenant, ResponseMode: "query",
		Scope: "notes", JKT: dbtest.Key, EmbedOrigin: "https://shop.example",
	}
	linked := h.random.IntN(2) == 0
	if linked {
		c.subject = h.subject()
		r.Subject, r.Evidence = &c.subject, h.Evidence(t, c.tenant)
	}
	must(t, h.node().PushRequest(t.Context(), r, time.Minute))
	opened, err := h.node().OpenRequest(t.Context(), uri, c.tenant, browser, time.Minute)
	must(t, err)
	err = h.node().GrantRequest(t.Context(), opened.ID, browser, found, linked, c.code, time.Minute)
	if errors.Is(err, db.ErrLinkedElsewhere) {
		return nil
	}
	must(t, err)
	h.note("by %s (%q)", s.name, c.subject)
	if linked { // the vouched account is merged
		h.end(func(v *historySession) bool { return v.person == nil && v.tenant == c.tenant && v.subject == c.subject })
		for _, v := range h.sessions {
			v.swept = v.swept || v.person == nil && v.tenant == c.tenant && v.subject == c.subject
		}
	}
	h.codes = append(h.codes, c)
	return c
}

func openWidget(t *testing.T, h *history) {
	if h.grant(t) != nil {
		h.redeem(t, len(h.codes)-1)
	}
}

func redeemSome(t *testing.T, h *history) {
	if len(h.codes) > 0 {
		h.redeem(t, h.random.IntN(len(h.codes)))
	}
}

func (h *history) redeem(t *testing.T, i int) {
	c := h.codes[i]
	h.codes = append(h.codes[:i:i], h.codes[i+1:]...)
	s := &historySession{name: fmt.Sprintf("widget %d", len(h.sessions)), token: randomHash(), jkt: dbtest.Key,
		person: c.by.person, passkey: c.passkey, chain: c.by.chain, tenant: c.tenant, subject: c.subject}
	there := false
	for _, p := range c.by.person.passkeys {
		there = there || p.ID == c.passkey
	}
	_, err := h.node().RedeemCode(t.Context(), c.code, func(*db.AuthorizationRequest) error { return nil }, db.NewSession{Token: s.token, Idle: time.Hour, Lifetime: time.Hour})
	if err == nil {
		h.note("%s", s.name)
	}
	switch good := !c.by.ended && !c.by.swept && !c.void && there; {
	case good && !c.by.over:
		must(t, err)
	case !good && !db.IsCode(err, db.CodeGone):
		t.Fatalf("a code of %s that has ended: %v, after\n%v", c.by.name, err, h.log)
	}
	if err == nil {
		h.sessions = append(h.sessions, s)
	}
}
