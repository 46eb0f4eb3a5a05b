package db_test

import (
	"context"
	"crypto/rand"
	"errors"
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

func (p *sealedDatabase) refusals(t *testing.T, target string) int {
	t.Helper()
	return count(t, p.Connect(t, p.Superuser()), `SELECT count(*) FROM audit_events WHERE action = 'ciphertext.refused' AND target LIKE $1`, target)
}
