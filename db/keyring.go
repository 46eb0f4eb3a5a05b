package db

import (
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/google/uuid"
)

// A KeyID names a master key in what it wrapped. It tells nothing of the key.
type KeyID [4]byte

// String is its hexadecimal form, as the audit log has it.
func (id KeyID) String() string { return hex.EncodeToString(id[:]) }

// A MasterKey wraps the keys that open everything else: people's data keys, tenants' secrets, the
// root secret. Those of NewKeyring are in this process. A key-management service stands behind
// the same three methods; it is asked once for each session that is looked up and not remembered.
type MasterKey interface {
	ID() KeyID // always the same one
	// Wrap encrypts a few dozen bytes and binds them to aad; Unwrap undoes it. Unwrap returns
	// ErrUnsealed for anything that is not what Wrap gave for the same aad.
	Wrap(ctx context.Context, plain, aad []byte) ([]byte, error)
	Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error)
}

// A Keyring holds the master keys. The first one wraps; all of them unwrap, so that a master
// key can be replaced while serving.
type Keyring struct {
	current MasterKey
	keys    map[KeyID]MasterKey
	root    atomic.Pointer[[]byte] // for Derive
}

// NewKeyring makes a keyring of master keys of KeySize bytes each, the current one first.
func NewKeyring(masters ...[]byte) (*Keyring, error) {
	keys := make([]MasterKey, len(masters))
	for i, m := range masters {
		var err error
		if keys[i], err = newLocalKey(m); err != nil {
			return nil, err
		}
	}
	k, err := KeyringOf(keys...)
	if err == nil {
		k.root.Store(&masters[0])
	}
	return k, err
}

// KeyringOf makes a keyring of master keys wherever they are, the current one first.
func KeyringOf(keys ...MasterKey) (*Keyring, error) {
	if len(keys) == 0 {
		return nil, errors.New("db: a keyring needs a master key")
	}
	k := &Keyring{current: keys[0], keys: map[KeyID]MasterKey{}}
	for _, key := range keys {
		k.keys[key.ID()] = key
	}
	return k, nil
}

// Derive gives a key of KeySize bytes for one purpose (HKDF-SHA-256, RFC 5869), from the root
// secret of the database that the keyring opened last: the same under every master key. Without
// one, it is derived from the first master key.
func (k *Keyring) Derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, *k.root.Load(), nil, "aside "+purpose, KeySize)
	if err != nil {
		panic(err) // only for absurd lengths
	}
	return key
}

// newDataKey makes a person's data key, and wraps it for the users table.
func (k *Keyring) newDataKey(ctx context.Context, user uuid.UUID) (aead cipher.AEAD, wrapped []byte, err error) {
	key := make([]byte, KeySize)
	if _, err := rand.Read(key); err != nil {
		return nil, nil, err
	}
	wrapped, err = k.seal(ctx, key, wrapAAD(user))
	return newAEAD(key), wrapped, err
}

// unwrap opens a person's data key.
func (k *Keyring) unwrap(ctx context.Context, user uuid.UUID, wrapped []byte) (cipher.AEAD, error) {
	key, err := k.open(ctx, wrapped, wrapAAD(user))
	if err != nil {
		return nil, err
	}
	if len(key) != KeySize {
		return nil, ErrUnsealed
	}
	return newAEAD(key), nil
}

// seal seals a key or a secret under the current master key, for the place that aad names.
func (k *Keyring) seal(ctx context.Context, secret, aad []byte) ([]byte, error) {
	wrapped, err := k.current.Wrap(ctx, secret, aad)
	if err != nil {
		return nil, err
	}
	id := k.current.ID()
	return append(append([]byte{sealFormat1}, id[:]...), wrapped...), nil
}

// open opens what seal sealed. It returns ErrUnsealed for anything else.
func (k *Keyring) open(ctx context.Context, sealed, aad []byte) ([]byte, error) {
	id, wrapped, ok := split(sealed)
	if !ok {
		return nil, ErrUnsealed
	}
	key := k.keys[id]
	if key == nil {
		return nil, fmt.Errorf("%w: sealed under a master key that is not configured", ErrUnsealed)
	}
	return key.Unwrap(ctx, wrapped, aad)
}

// reseal gives what is sealed under another master key sealed under the current one, nil for
// what is under that already.
func (k *Keyring) reseal(ctx context.Context, sealed, aad []byte) ([]byte, error) {
	if id, _, ok := split(sealed); ok && id == k.current.ID() {
		return nil, nil
	}
	secret, err := k.open(ctx, sealed, aad)
	if err != nil {
		return nil, err
	}
	return k.seal(ctx, secret, aad)
}

func split(sealed []byte) (id KeyID, wrapped []byte, ok bool) {
	if len(sealed) < 1+len(id) || sealed[0] != sealFormat1 {
		return id, nil, false
	}
	return KeyID(sealed[1:]), sealed[1+len(id):], true
}

// A localKey is a master key in this process's memory.
type localKey struct {
	id   KeyID
	aead cipher.AEAD
}

func newLocalKey(master []byte) (*localKey, error) {
	if len(master) != KeySize {
		return nil, fmt.Errorf("db: a master key has %d bytes, not %d", KeySize, len(master))
	}
	wrapping, err := hkdf.Key(sha256.New, master, nil, "aside wrap", KeySize)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append([]byte("aside master key id\x00"), master...))
	return &localKey{KeyID(sum[:4]), newAEAD(wrapping)}, nil
}

// ID is a part of the key's hash.
func (k *localKey) ID() KeyID { return k.id }

// Wrap is AES-256-GCM under a key that is derived from the master key.
func (k *localKey) Wrap(_ context.Context, plain, aad []byte) ([]byte, error) {
	return seal(make([]byte, 0, 12+len(plain)+16), k.aead, plain, aad), nil
}

// Unwrap undoes Wrap.
func (k *localKey) Unwrap(_ context.Context, wrapped, aad []byte) ([]byte, error) {
	return open(k.aead, wrapped, aad)
}
