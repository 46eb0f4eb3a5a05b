package db_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/seal"
)

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
