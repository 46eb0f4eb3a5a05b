package db_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/seal"
)

func TestAMasterKeyIsReplaced(t *testing.T) {
	p := newSealedDatabase(t)
	fresh := newMaster()
	viewer, cookies := p.DB.ViewerID(p.alice.ID, p.shop.Key), p.Keys.Derive("cookie authentication")

	both := keyringOf(t, fresh, p.Master)
	rotating := openNode(t, p.Database, both)
	must(t, p.opens(t.Context(), rotating)) // before the rotation
	r, err := rotating.Rotate(t.Context(), nil)
	must(t, err)
	if r.Resealed < 4 || r.Refused != 0 {
		t.Errorf("rotated %+v", r)
	}
	if again, err := rotating.Rotate(t.Context(), nil); err != nil || again.Resealed != 0 || again.Checked != r.Checked {
		t.Errorf("the second time %+v, %v", again, err)
	}

	// The new key alone opens everything, and the derived keys are unchanged.
	alone := keyringOf(t, fresh)
	after := openNode(t, p.Database, alone)
	must(t, p.opens(t.Context(), after))
	for _, keys := range []*seal.Keyring{both, alone} {
		if !bytes.Equal(keys.Derive("cookie authentication"), cookies) {
			t.Error("cookies have a new key")
		}
	}
	if got := after.ViewerID(p.alice.ID, p.shop.Key); got != viewer {
		t.Errorf("Alice is %s at the shop, and was %s", got, viewer)
	}

	// The old key no longer opens or seals anything, not even on a running node.
	if _, err := db.Open(t.Context(), p.URL, keyringOf(t, p.Master), db.Options{}); err == nil {
		t.Error("a node with the old key alone starts")
	}
	for what, seals := range map[string]func() error{
		"a data key": func() error {
			_, err := p.DB.SignUp(t.Context(), newUser(), newSession(), nil)
			return err
		},
		"a vouched account's data key": func() error {
			_, err := signInVouched(t, p.Database, p.shop, db.Subject{ID: "ann"})
			return err
		},
		"a shared secret": func() error {
			return p.DB.AddAssertionKey(t.Context(), db.Operator(p.shop.Key), &db.AssertionKey{Kind: db.SharedSecret, Algorithm: "HS256", Secret: []byte("another secret of the shop's")})
		},
		"a private key": func() error {
			_, err := p.DB.StoreEncryptionKey(t.Context(), "ECDH-ES+A128KW", []byte("another private key"))
			return err
		},
	} {
		if err := seals(); err == nil || !strings.Contains(err.Error(), "not in use") {
			t.Errorf("a node seals %s under the key that was taken out of use: %v", what, err)
		}
	}
	if _, err := p.DB.Rotate(t.Context(), nil); err == nil {
		t.Error("a node rotates back to the key that was taken out of use")
	}
	must(t, p.opens(t.Context(), after))
	_, err = after.SignUp(t.Context(), newUser(), newSession(), nil)
	must(t, err)
}

func newUser() db.NewUser {
	handle, credential := newMaster(), newMaster()
	return db.NewUser{Handle: append(handle, newMaster()...), DisplayName: "Somebody", Passkey: db.Passkey{CredentialID: credential, PublicKey: []byte{1}, AAGUID: make([]byte, 16), Transports: []string{}}}
}

func newSession() db.NewSession {
	return db.NewSession{Token: db.TokenHash(newMaster()), Idle: 1e12, Lifetime: 1e13}
}

// A rotation waits for a sign-up that has sealed under the old key and is not committed yet, and reseals its data key.
func TestARotationWaitsForWhatIsBeingSealed(t *testing.T) {
	p := newSealedDatabase(t)
	rotating := openNode(t, p.Database, keyringOf(t, newMaster(), p.Master))
	// Somebody else's credential holds the sign-up up between sealing and commit.
	u := newUser()
	held, err := p.Connect(t, p.Superuser()).Begin(t.Context())
	must(t, err)
	_, err = held.Exec(t.Context(), `INSERT INTO credentials (credential_id, user_id) VALUES ($1, gen_random_uuid())`, u.Passkey.CredentialID)
	must(t, err)
	ended := make(chan error, 2)
	beside := userLock{held, p.Connect(t, p.Superuser())}
	go func() {
		_, err := p.DB.SignUp(t.Context(), u, newSession(), nil)
		ended <- err
	}()
	beside.waitUntilBlocked(t, 1, ended)
	go func() {
		_, err := rotating.Rotate(t.Context(), nil)
		ended <- err
	}()
	beside.waitUntilBlocked(t, 2, ended)
	if len(ended) > 0 {
		t.Errorf("it did not wait: %v", <-ended)
	}
	must(t, held.Rollback(t.Context()))
	must(t, errors.Join(<-ended, <-ended))
	if n := count(t, beside.beside, `SELECT count(DISTINCT substring(data_key FROM 2 FOR 4)) FROM users`); n != 1 {
		t.Errorf("people's data keys are under %d master keys", n)
	}
}

// A node of the earlier release that still seals under the old key is refused.
func TestEarlierNodeIsRefusedAfterRotation(t *testing.T) {
	e := startEarlierRelease(t, nil)
	if _, _, _, err := e.signUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := openNode(t, e.Database, keyringOf(t, newMaster(), e.Master)).Rotate(t.Context(), nil)
	must(t, err)
	if _, _, _, err := e.signUp(t.Context()); err == nil || !strings.Contains(err.Error(), "not in use") {
		t.Errorf("it seals under the key that was taken out of use: %v", err)
	}
}

// People sign up, read and write on nodes with either current key during a rotation. The rotation is interrupted and
// resumed.
func TestAMasterKeyIsReplacedWhileServing(t *testing.T) {
	p := newSealedDatabase(t)
	for range 40 {
		p.Person(t, "Somebody")
	}
	fresh := newMaster()
	old := openNode(t, p.Database, keyringOf(t, p.Master, fresh)) // knows the new key but seals under the old one
	rotating := openNode(t, p.Database, keyringOf(t, fresh, p.Master))

	var done atomic.Bool
	var signedUp, refused atomic.Int32
	var all sync.WaitGroup
	for _, d := range []*db.DB{old, rotating, old, rotating} {
		all.Go(func() {
			for !done.Load() {
				switch _, err := d.SignUp(t.Context(), newUser(), newSession(), nil); {
				case err == nil:
					signedUp.Add(1)
				case d == old && strings.Contains(err.Error(), "not in use"): // the rotation had already finished
					refused.Add(1)
				default:
					t.Error(err)
					return
				}
				if err := p.opens(t.Context(), d); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	stopped, stop := context.WithCancel(t.Context())
	if _, err := rotating.Rotate(stopped, func(db.Rotation) { stop() }); !errors.Is(err, context.Canceled) {
		t.Errorf("it was not stopped: %v", err)
	}
	must(t, p.opens(t.Context(), old))
	_, err := rotating.Rotate(t.Context(), nil)
	done.Store(true)
	all.Wait()
	must(t, err)
	if signedUp.Load() == 0 {
		t.Error("nobody signed up meanwhile")
	}
	c := p.Connect(t, p.Superuser())
	if n := count(t, c, `SELECT count(DISTINCT substring(data_key FROM 2 FOR 4)) FROM users`); n != 1 {
		t.Errorf("people's data keys are under %d master keys", n)
	}
	must(t, p.opens(t.Context(), openNode(t, p.Database, keyringOf(t, fresh))))
}

// The old key stays in use while any row doesn't open.
func TestARotationLosesNothingThatItCannotOpen(t *testing.T) {
	p := newSealedDatabase(t)
	fresh := newMaster()
	rotating := openNode(t, p.Database, keyringOf(t, fresh, p.Master))
	p.Exec(t, `UPDATE encryption_keys SET id = '00000000-0000-7000-8000-000000000001'`) // moved, to an id that dates from long ago
	r, err := rotating.Rotate(t.Context(), nil)
	if !errors.Is(err, seal.ErrUnsealed) || r.Refused != 1 {
		t.Errorf("rotated %+v, %v", r, err)
	}
	if _, err := db.Open(t.Context(), p.URL, keyringOf(t, fresh), db.Options{}); !errors.Is(err, db.ErrMasterKey) {
		t.Errorf("a node without the old key starts: %v", err)
	}
	if n := p.refusals(t, "encryption key %"); n != 1 {
		t.Errorf("the log names it %d times", n)
	}
}

// A database from before the root secret keeps the keys that were derived from its only master key.
func TestOlderDatabaseKeepsItsDerivedKeys(t *testing.T) {
	d := dbtest.New(t)
	d.Person(t, "Alice")
	d.Exec(t, `DELETE FROM root_secret`)
	old := keyringOf(t, d.Master)
	before := old.Derive("cursor") // of a key ring that has not opened anything
	openNode(t, d, old)
	if !bytes.Equal(old.Derive("cursor"), before) {
		t.Error("its first start changes them")
	}
	fresh := newMaster()
	both := keyringOf(t, fresh, d.Master)
	openNode(t, d, both)
	if !bytes.Equal(both.Derive("cursor"), before) {
		t.Error("a new master key changes them")
	}
}
