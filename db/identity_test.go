package db_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

var joe = db.Subject{ID: "joe-1", Email: "joe@shop.example", Name: "Joe"}

// linkSubject signs p in at a tenant with an asserted subject and links the subject.
func linkSubject(t *testing.T, d *dbtest.Database, p *dbtest.Person, tenant *db.Tenant, s db.Subject) error {
	t.Helper()
	var uri, browser, code db.TokenHash
	for _, h := range []*db.TokenHash{&uri, &browser, &code} {
		_, _ = rand.Read(h[:])
	}
	r := &db.AuthorizationRequest{
		RequestURIHash: uri[:], TenantKey: tenant.Key, RedirectURI: "https://frame.example/embed/" + tenant.Key, ResponseMode: "query",
		Scope: "notes", JKT: dbtest.Key, EmbedOrigin: "https://shop.example", Subject: &s.ID, SubjectEmail: s.Email, SubjectName: s.Name,
	}
	r.Evidence = d.Evidence(t, tenant.Key)
	if err := d.DB.PushRequest(t.Context(), r, time.Minute); err != nil {
		return err
	}
	opened, err := d.DB.OpenRequest(t.Context(), uri, tenant.Key, browser, time.Minute)
	if err != nil {
		return err
	}
	return d.DB.GrantRequest(t.Context(), opened.ID, browser, p.Account, true, code, time.Minute)
}

// signInVouched signs in with only the tenant's assertion.
func signInVouched(t *testing.T, d *dbtest.Database, tenant *db.Tenant, s db.Subject) (*db.Session, error) {
	t.Helper()
	var token db.TokenHash
	_, _ = rand.Read(token[:])
	_, err := d.DB.GrantVouched(t.Context(), tenant.Key, s, d.VouchingEvidence(t, tenant.Key), dbtest.Key, "https://shop.example",
		db.NewSession{Token: token, Idle: time.Hour, Lifetime: time.Hour})
	if err != nil {
		return nil, err
	}
	return d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key)
}

func TestASubjectIsLinkedToOneAccount(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	if err := linkSubject(t, d, alice, shop, joe); err != nil {
		t.Fatal(err)
	}
	if err := linkSubject(t, d, alice, shop, joe); err != nil {
		t.Errorf("linked again to the same account: %v", err)
	}
	if err := linkSubject(t, d, bob, shop, joe); !errors.Is(err, db.ErrLinkedElsewhere) {
		t.Errorf("linked to another account: %v", err)
	}
	// The same subject, e-mail and name at another tenant is another person.
	if err := linkSubject(t, d, bob, paper, joe); err != nil {
		t.Errorf("the same subject at another tenant: %v", err)
	}
	// The same e-mail with another subject is another person.
	if err := linkSubject(t, d, bob, shop, db.Subject{ID: "joe-2", Email: joe.Email, Name: joe.Name}); err != nil {
		t.Errorf("the same e-mail under another subject: %v", err)
	}
	list, err := d.DB.Identities(t.Context(), alice.ID)
	if err != nil || len(list) != 1 || list[0].Subject != joe {
		t.Fatalf("Alice's links: %v, %v", list, err)
	}
	if err := d.DB.Unlink(t.Context(), bob.Account, list[0].ID); !db.IsCode(err, db.CodeNotFound) {
		t.Errorf("Bob unlinks Alice's: %v", err)
	}
	if err := d.DB.Unlink(t.Context(), alice.Account, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := linkSubject(t, d, bob, shop, joe); err != nil {
		t.Errorf("linked after it was unlinked: %v", err)
	}
}

func TestOneOfManyRedeemsATicket(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	nodes := []*db.DB{d.DB, d.Node(t, db.Options{MaxConns: 8})}
	backend := d.ServerKey(t, shop)
	ticket, _, err := d.DB.IssueTicket(t.Context(), backend, joe)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.DB.RedeemTicket(t.Context(), paper.Key, ticket); !db.IsCode(err, db.CodeGone) {
		t.Errorf("redeemed at another tenant: %v", err)
	}
	var won atomic.Int32
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			s, _, err := nodes[i%2].RedeemTicket(t.Context(), shop.Key, ticket)
			switch {
			case err == nil && *s == joe:
				won.Add(1)
			case !db.IsCode(err, db.CodeGone):
				t.Errorf("redeemed %v, %v", s, err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of 100 redeemed it", won.Load())
	}
	late, _, err := d.DB.IssueTicket(t.Context(), backend, joe)
	if err != nil {
		t.Fatal(err)
	}
	d.Exec(t, `UPDATE tickets SET expires_at = now()`)
	if _, _, err := d.DB.RedeemTicket(t.Context(), shop.Key, late); !db.IsCode(err, db.CodeGone) {
		t.Errorf("redeemed late: %v", err)
	}
}

// errorOf returns the error of a call that also returns a user.
func errorOf[T any](_ T, err error) error { return err }

// usageNotes returns how many notes a tenant has by its usage counts.
func usageNotes(t *testing.T, d *dbtest.Database, tenantKey string) int {
	t.Helper()
	return count(t, d.Connect(t, d.Superuser()), `SELECT coalesce(sum(notes), 0)::int FROM usage_periods WHERE tenant_key = $1 AND length(period) = 7`, tenantKey)
}

func TestAVouchedAccountBecomesThePersonsOwn(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	before, err := signInVouched(t, d, shop, joe)
	if err != nil || !before.Vouched || before.DisplayName != "Joe (joe@shop.example)" {
		t.Fatalf("vouched: %+v, %v", before, err)
	}
	if again, err := signInVouched(t, d, shop, joe); err != nil || again.UserID != before.UserID {
		t.Fatalf("the second time: %+v, %v", again, err)
	}
	var written []*db.Note
	for i := range 5 {
		n, err := d.DB.CreateNote(t.Context(), before.Owner(), db.NewNote{Title: fmt.Sprint(i), Body: "kept", Tags: []string{"t"}, Pinned: i == 0})
		if err != nil {
			t.Fatal(err)
		}
		written = append(written, n)
	}
	if err := d.DB.DeleteNote(t.Context(), before.Owner(), written[4].ID); err != nil {
		t.Fatal(err)
	}
	alice := d.Person(t, "Alice")
	// She has already used one of the ids herself.
	if _, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{ID: written[1].ID, Title: "hers"}); err != nil {
		t.Fatal(err)
	}

	must(t, d.DB.FlushUsage(t.Context()))
	counted := usageNotes(t, d, shop.Key)

	// While she links, a hundred sign-ins read the notes.
	var late atomic.Int32
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if _, err := signInVouched(t, d, shop, joe); errors.Is(err, db.ErrPasskeyRequired) || errors.Is(err, db.ErrNoSession) {
				late.Add(1)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	all.Go(func() {
		if err := linkSubject(t, d, alice, shop, joe); err != nil {
			t.Error(err)
		}
	})
	all.Wait()
	must(t, d.DB.FlushUsage(t.Context()))
	if now := usageNotes(t, d, shop.Key); now != counted {
		t.Errorf("the tenant has %d notes, and had %d before they were moved", now, counted)
	}

	if _, err := signInVouched(t, d, shop, joe); !errors.Is(err, db.ErrPasskeyRequired) {
		t.Errorf("the assertion alone, afterwards: %v", err)
	}
	if _, _, err := d.DB.Notes(t.Context(), before.Owner(), db.NotesQuery{First: 10}); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("a vouched session, afterwards: %v", err)
	}
	owner := alice.Widget(t, shop).Owner()
	list, _, err := d.DB.Notes(t.Context(), owner, db.NotesQuery{First: 10})
	if err != nil || len(list) != 5 { // four of the vouched account and one of hers
		t.Fatalf("%d notes, %v", len(list), err)
	}
	titles := map[string]bool{}
	for _, n := range list {
		titles[n.Title] = true
	}
	for _, title := range []string{"0", "1", "2", "3", "hers"} {
		if !titles[title] {
			t.Errorf("note %q is lost", title)
		}
	}
	if n, err := d.DB.Note(t.Context(), owner, written[0].ID); err != nil || n.Body != "kept" || !n.Pinned || !n.UpdatedAt.Equal(written[0].UpdatedAt) {
		t.Errorf("a moved note: %+v, %v", n, err)
	}
	if _, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{ID: written[4].ID}); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("a deleted note's id after the move: %v", err)
	}
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM users WHERE vouched_by IS NOT NULL`); n != 0 {
		t.Error("the vouched account, and its key, are still there")
	}
}

// Vouched sessions write while the person links. Every acknowledged write survives the merge.
func TestNothingAcknowledgedIsLostInAMerge(t *testing.T) {
	d := dbtest.Open(t, dbtest.NewURL(t), db.Options{MaxConns: 16})
	shop := d.Tenant(t, "Shop")
	alice := d.Person(t, "Alice")
	session, err := signInVouched(t, d, shop, joe)
	if err != nil {
		t.Fatal(err)
	}
	edited := make([]*db.Note, 4)
	for i := range edited {
		if edited[i], err = d.DB.CreateNote(t.Context(), session.Owner(), db.NewNote{Title: "edited"}); err != nil {
			t.Fatal(err)
		}
	}

	var mu sync.Mutex
	created, bodies := map[uuid.UUID]bool{}, map[uuid.UUID]string{}
	var all sync.WaitGroup
	begun := make(chan struct{}, 8)
	for range 4 {
		all.Go(func() {
			for i := 0; ; i++ {
				n, err := d.DB.CreateNote(t.Context(), session.Owner(), db.NewNote{Title: "created"})
				if errors.Is(err, db.ErrNoSession) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				created[n.ID] = true
				mu.Unlock()
				if i == 20 {
					begun <- struct{}{}
				}
			}
		})
	}
	for _, n := range edited {
		all.Go(func() {
			for i := 0; ; i++ {
				body := fmt.Sprint("edit ", i)
				changed, err := d.DB.UpdateNote(t.Context(), session.Owner(), db.NoteChange{ID: n.ID, Version: n.Version, Body: &body})
				if errors.Is(err, db.ErrNoSession) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				n = changed
				mu.Lock()
				bodies[n.ID] = body
				mu.Unlock()
			}
		})
	}
	for range 4 {
		<-begun
	}
	if err := linkSubject(t, d, alice, shop, joe); err != nil {
		t.Fatal(err)
	}
	all.Wait()

	owner := alice.Widget(t, shop).Owner()
	for id := range created {
		if _, err := d.DB.Note(t.Context(), owner, id); err != nil {
			t.Errorf("a note that was created: %v", err)
		}
	}
	for id, body := range bodies {
		if n, err := d.DB.Note(t.Context(), owner, id); err != nil || n.Body != body {
			t.Errorf("a note that was edited: %+v, %v; want %q", n, err, body)
		}
	}
	if len(created) < 80 || len(bodies) != len(edited) {
		t.Errorf("only %d notes were created and %d edited", len(created), len(bodies))
	}
}

func TestAssertionKeysAreSealedAndFew(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	const canary = "canary-of-thirty-two-bytes-or-more"
	add := func(kid string) (*db.AssertionKey, error) {
		k := &db.AssertionKey{TenantKey: shop.Key, Kind: db.SharedSecret, KeyID: kid, Algorithm: "HS256", Secret: []byte(canary)}
		return k, d.DB.AddAssertionKey(t.Context(), db.Operator(k.TenantKey), k)
	}
	first, err := add("one")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := add("one"); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("the same kid twice: %v", err)
	}
	if _, err := add("two"); err != nil {
		t.Fatal(err)
	}
	if _, err := add("three"); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("a third live secret: %v", err)
	}
	if err := d.DB.RevokeAssertionKey(t.Context(), db.Operator(paper.Key), first.ID); !db.IsCode(err, db.CodeNotFound) {
		t.Errorf("another tenant revokes it: %v", err)
	}
	if err := d.DB.RevokeAssertionKey(t.Context(), db.Operator(shop.Key), first.ID); err != nil {
		t.Fatal(err)
	}
	keys, err := d.DB.AssertionKeys(t.Context(), shop.Key)
	if err != nil || len(keys) != 2 || string(keys[0].Secret) != canary || keys[1].RevokedAt == nil || keys[1].Secret != nil {
		t.Errorf("the keys: %+v, %v", keys, err)
	}
	if dump := string(d.Dump(t)); len(dump) == 0 || containsAny(dump, canary) {
		t.Error("a dump holds the secret")
	}
}

func TestServerKeyIsStoredHashed(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	k, secret, err := d.DB.CreateServerKey(t.Context(), db.Operator(shop.Key), "backend")
	if err != nil {
		t.Fatal(err)
	}
	if found, err := d.DB.ServerKeyBySecret(t.Context(), secret); err != nil || found.ID != k.ID || found.TenantKey != shop.Key {
		t.Errorf("by its secret: %+v, %v", found, err)
	}
	if containsAny(string(d.Dump(t)), secret) {
		t.Error("a dump holds the secret")
	}
	for name, id := range map[string]uuid.UUID{"unknown": uuid.New(), "another tenant's": k.ID} {
		if err := d.DB.RevokeServerKey(t.Context(), db.Operator(paper.Key), id); !db.IsCode(err, db.CodeNotFound) {
			t.Errorf("revoke %s: %v", name, err)
		}
	}
	if err := d.DB.RevokeServerKey(t.Context(), db.Operator(shop.Key), k.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.DB.ServerKeyBySecret(t.Context(), secret); !errors.Is(err, db.ErrNoServerKey) {
		t.Errorf("after it was revoked: %v", err)
	}
}
