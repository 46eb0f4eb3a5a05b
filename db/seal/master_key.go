package seal

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// A KeyID identifies the master key that wrapped something. It reveals nothing about the key.
type KeyID [4]byte

// String returns the id in hexadecimal, as in the audit log.
func (id KeyID) String() string { return hex.EncodeToString(id[:]) }

// A MasterKey wraps the keys that open everything else: people's data keys, tenants' secrets and the root
// secret. Those of NewKeyring are in this process. A key-management service can implement the same three
// methods. It is called for each session that is looked up and not cached.
type MasterKey interface {
	ID() KeyID // never changes
	// Wrap encrypts a few dozen bytes and binds them to aad; Unwrap undoes it. Unwrap returns
	// ErrUnsealed for anything that Wrap did not return for the same aad.
	Wrap(ctx context.Context, plain, aad []byte) ([]byte, error)
	Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error)
}

// A localKey is a master key in this process's memory.
type localKey struct {
	id  KeyID
	key Key // derived from the master key
}

func newLocalKey(master []byte) (*localKey, error) {
	if len(master) != KeySize {
		return nil, fmt.Errorf("seal: a master key has %d bytes, not %d", KeySize, len(master))
	}
	wrapping, err := hkdf.Key(sha256.New, master, nil, "aside wrap", KeySize)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append([]byte("aside master key id\x00"), master...))
	return &localKey{KeyID(sum[:4]), NewKey(wrapping)}, nil
}

// ID returns the first bytes of the key's hash.
func (k *localKey) ID() KeyID { return k.id }

// Wrap encrypts with AES-256-GCM.
func (k *localKey) Wrap(_ context.Context, plain, aad []byte) ([]byte, error) {
	return k.key.encrypt(make([]byte, 0, 12+len(plain)+16), plain, aad), nil
}

// Unwrap undoes Wrap.
func (k *localKey) Unwrap(_ context.Context, wrapped, aad []byte) ([]byte, error) {
	return k.key.decrypt(nil, wrapped, aad)
}
