package db_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/seal"
)

// keyringOf returns a key ring of master keys, the current one first.
func keyringOf(t *testing.T, masters ...[]byte) *seal.Keyring {
	t.Helper()
	k, err := seal.NewKeyring(masters...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newMaster() []byte {
	m := make([]byte, seal.KeySize)
	_, _ = rand.Read(m)
	return m
}

// openNode opens a database with other keys than it was created with.
func openNode(t *testing.T, d *dbtest.Database, keys *seal.Keyring) *db.DB {
	t.Helper()
	other, err := db.Open(t.Context(), d.URL, keys, db.Options{SessionCache: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Close)
	return other
}

// sealedDatabase is a database with one of everything that is sealed under a master key.
type sealedDatabase struct {
	*dbtest.Database
	shop  *db.Tenant
	alice *dbtest.Person
	token db.TokenHash
	note  uuid.UUID
}

func newSealedDatabase(t *testing.T) *sealedDatabase {
	t.Helper()
	p := &sealedDatabase{Database: dbtest.New(t)}
	p.shop, p.alice = p.Tenant(t, "Shop"), p.Person(t, "Alice")
	p.token = p.alice.WidgetToken(t, p.shop)
	n, err := p.DB.CreateNote(t.Context(), p.alice.Widget(t, p.shop).Owner(), db.NewNote{Title: "kept"})
	must(t, err)
	p.note = n.ID
	must(t, p.DB.AddAssertionKey(t.Context(), db.Operator(p.shop.Key), &db.AssertionKey{TenantKey: p.shop.Key, Kind: db.SharedSecret, Algorithm: "HS256", Secret: []byte("a secret of the shop's, long enough")}))
	_, err = p.DB.StoreEncryptionKey(t.Context(), "ECDH-ES", []byte("a private key"))
	must(t, err)
	return p
}

// opens reads one of everything that is sealed.
func (p *sealedDatabase) opens(ctx context.Context, d *db.DB) error {
	s, err := d.LookUpSession(ctx, db.Token{Hash: p.token}, dbtest.Key)
	if err != nil {
		return err
	}
	if n, err := d.Note(ctx, s.Owner(), p.note); err != nil || n.Title != "kept" {
		return errors.Join(err, errors.New("the note"))
	}
	keys, err := d.AssertionKeys(ctx, p.shop.Key)
	if err != nil || string(keys[0].Secret) != "a secret of the shop's, long enough" {
		return errors.Join(err, errors.New("the shared secret"))
	}
	private, err := d.EncryptionKey(ctx, "ECDH-ES")
	if err != nil || string(private) != "a private key" {
		return errors.Join(err, errors.New("the private key"))
	}
	return nil
}

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

func (p *sealedDatabase) refusals(t *testing.T, target string) int {
	t.Helper()
	return count(t, p.Connect(t, p.Superuser()), `SELECT count(*) FROM audit_events WHERE action = 'ciphertext.refused' AND target LIKE $1`, target)
}

// A swapped, cut or forged ciphertext is refused and recorded in the audit log.
func TestMovedCiphertextIsRefusedAndAudited(t *testing.T) {
	for name, c := range map[string]struct{ change, target string }{
		"a note's, of another note":         {`UPDATE notes SET sealed = (SELECT sealed FROM notes m WHERE m.id <> $1 LIMIT 1) WHERE id = $1`, "note %"},
		"a note's, cut short":               {`UPDATE notes SET sealed = substring(sealed FOR length(sealed) - 1) WHERE id = $1`, "note %"},
		"a note's, of nothing":              {`UPDATE notes SET sealed = '\x01' WHERE id = $1`, "note %"},
		"a note's, of an older version":     {`UPDATE notes SET version = version + 1 WHERE id = $1`, "note %"},
		"a data key of another person":      {`UPDATE users u SET data_key = v.data_key FROM users v WHERE u.id <> v.id AND $1::uuid IS NOT NULL`, "data key of %"},
		"a data key that was cut":           {`UPDATE users SET data_key = substring(data_key FOR 30) WHERE $1::uuid IS NOT NULL`, "data key of %"},
		"a shared secret of another key":    {`UPDATE assertion_keys SET id = gen_random_uuid() WHERE $1::uuid IS NOT NULL`, "assertion key %"},
		"a private key under another name":  {`UPDATE encryption_keys SET algorithm = 'RSA-OAEP-256' WHERE $1::uuid IS NOT NULL`, ""},
		"a private key in a secret's place": {`UPDATE encryption_keys SET sealed_private = (SELECT sealed_secret FROM assertion_keys) WHERE $1::uuid IS NOT NULL`, "encryption key %"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newSealedDatabase(t)
			other, err := p.DB.CreateNote(t.Context(), p.alice.Widget(t, p.shop).Owner(), db.NewNote{Title: "kept"})
			must(t, err)
			p.Person(t, "Bob")
			p.Exec(t, c.change, p.note)
			d := openNode(t, p.Database, keyringOf(t, p.Master))
			if err := p.opens(t.Context(), d); err == nil || (c.target != "" && !errors.Is(err, seal.ErrUnsealed)) {
				t.Fatalf("it opens: %v", err)
			}
			if c.target == "" { // it isn't found at all
				return
			}
			if n := p.refusals(t, c.target); n != 1 {
				t.Errorf("the log names it %d times", n)
			}
			for range 10 { // repeated refusals are recorded up to a limit
				_ = p.opens(t.Context(), d)
			}
			if n := p.refusals(t, c.target); n != 5 {
				t.Errorf("the log names it %d times, not 5", n)
			}
			_ = other
		})
	}
}

// Every sealed column is known to the rotation or to a check.
func TestEverySealedColumnIsKnown(t *testing.T) {
	d := dbtest.New(t)
	rows, err := d.Connect(t, d.Superuser()).Query(t.Context(), `SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'bytea'::regtype AND (a.attname LIKE 'sealed%' OR a.attname LIKE '%data_key%')`)
	must(t, err)
	var found []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		found = append(found, name)
	}
	must(t, rows.Err())
	known := db.SealedColumns()
	slices.Sort(found)
	slices.Sort(known)
	if !slices.Equal(found, known) {
		t.Errorf("the schema has %v, known are %v", found, known)
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

// A key-management service may hold the master key. It is only asked to wrap and unwrap.
func TestMasterKeyInKeyService(t *testing.T) {
	url := dbtest.NewURL(t)
	kms := &remoteMasterKey{inner: keyringOf(t, newMaster())}
	keys, err := seal.KeyringOf(kms)
	must(t, err)
	d, err := db.Open(t.Context(), url, keys, db.Options{})
	must(t, err)
	defer d.Close()
	session := newSession()
	_, err = d.SignUp(t.Context(), newUser(), session, nil)
	must(t, err)
	if _, err := d.LookUpSession(t.Context(), db.Token{Hash: session.Token}, ""); err != nil || kms.asked.Load() < 4 {
		t.Errorf("asked %d times: %v", kms.asked.Load(), err)
	}
	kms.away.Store(true)
	if _, err := d.LookUpSession(t.Context(), db.Token{Hash: session.Token}, ""); !errors.Is(err, errKeyService) {
		t.Errorf("without it: %v", err)
	}
}

var errKeyService = errors.New("the service is away")

// remoteMasterKey is a key-management service with its own key ring.
type remoteMasterKey struct {
	inner *seal.Keyring
	asked atomic.Int32
	away  atomic.Bool
}

func (e *remoteMasterKey) ID() seal.KeyID { return seal.KeyID{'k', 'm', 's', '1'} }

func (e *remoteMasterKey) Wrap(ctx context.Context, plain, aad []byte) ([]byte, error) {
	e.asked.Add(1)
	return e.inner.Seal(ctx, plain, aad)
}

func (e *remoteMasterKey) Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error) {
	if e.asked.Add(1); e.away.Load() {
		return nil, errKeyService
	}
	return e.inner.Open(ctx, wrapped, aad)
}
