package seal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/company-a/aside/internal/fault"
)

// A Keyring holds the master keys. The first one wraps and all of them unwrap, so that a master key can be
// replaced while serving.
type Keyring struct {
	current MasterKey
	keys    map[KeyID]MasterKey
	root    atomic.Pointer[[]byte] // for Derive
}

// NewKeyring makes a keyring from master keys of KeySize bytes each, the current one first.
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

// KeyringOf makes a keyring from any kind of master keys, the current one first.
func KeyringOf(keys ...MasterKey) (*Keyring, error) {
	if len(keys) == 0 {
		return nil, errors.New("seal: a keyring needs a master key")
	}
	k := &Keyring{current: keys[0], keys: map[KeyID]MasterKey{}}
	for _, key := range keys {
		k.keys[key.ID()] = key
	}
	return k, nil
}

// Current returns the id of the master key that wraps.
func (k *Keyring) Current() KeyID { return k.current.ID() }

// IDs returns the ids of all master keys.
func (k *Keyring) IDs() []KeyID { return slices.Collect(maps.Keys(k.keys)) }

// Has reports whether the keyring holds a master key.
func (k *Keyring) Has(id KeyID) bool { return k.keys[id] != nil }

// Root returns the secret that Derive uses: the one given to SetRoot. Before SetRoot it is the first master
// key, or nil when that key is not in this process.
func (k *Keyring) Root() []byte {
	if root := k.root.Load(); root != nil {
		return *root
	}
	return nil
}

// SetRoot sets the root secret of the database that the keyring opens.
func (k *Keyring) SetRoot(root []byte) { k.root.Store(&root) }

// Derive returns a key of KeySize bytes for one purpose (HKDF-SHA-256, RFC 5869). It derives the key from the
// root secret, so the key is the same under every master key. Before SetRoot it derives from the first master
// key.
func (k *Keyring) Derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, *k.root.Load(), nil, "aside "+purpose, KeySize)
	if err != nil {
		panic(err) // only for absurd lengths
	}
	return key
}

// NewDataKey makes a person's data key. It also returns the key wrapped, as the users table stores it.
func (k *Keyring) NewDataKey(ctx context.Context, user uuid.UUID) (key Key, wrapped []byte, err error) {
	secret := make([]byte, KeySize)
	if _, err := rand.Read(secret); err != nil {
		return Key{}, nil, err
	}
	wrapped, err = k.Seal(ctx, secret, DataKeyAAD(user))
	return NewKey(secret), wrapped, err
}

// OpenDataKey unwraps a person's data key.
func (k *Keyring) OpenDataKey(ctx context.Context, user uuid.UUID, wrapped []byte) (Key, error) {
	secret, err := k.Open(ctx, wrapped, DataKeyAAD(user))
	if err != nil {
		return Key{}, err
	}
	if len(secret) != KeySize {
		return Key{}, ErrUnsealed
	}
	return NewKey(secret), nil
}

// DataKeyAAD binds a wrapped data key to its person.
func DataKeyAAD(user uuid.UUID) []byte { return append([]byte("data key\x00"), user[:]...) }

// SecretAAD binds a wrapped secret to its kind, its tenant and its row.
func SecretAAD(kind, tenantKey string, id uuid.UUID) []byte {
	return append([]byte(kind+"\x00"+tenantKey+"\x00"), id[:]...)
}

// Seal seals a key or a secret under the current master key and binds it to aad.
func (k *Keyring) Seal(ctx context.Context, secret, aad []byte) ([]byte, error) {
	wrapped, err := k.current.Wrap(ctx, secret, aad)
	if err != nil {
		return nil, err
	}
	id := k.current.ID()
	return append(append([]byte{format1}, id[:]...), wrapped...), nil
}

// Open opens what Seal sealed for the same aad. It returns ErrUnsealed for anything else.
func (k *Keyring) Open(ctx context.Context, sealed, aad []byte) ([]byte, error) {
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

// Reseal seals under the current master key what another one has sealed. It returns nil when the current one
// has sealed it already.
func (k *Keyring) Reseal(ctx context.Context, sealed, aad []byte) ([]byte, error) {
	if id, _, ok := split(sealed); ok && id == k.current.ID() {
		return nil, nil
	}
	secret, err := k.Open(ctx, sealed, aad)
	if err != nil {
		return nil, err
	}
	return k.Seal(ctx, secret, aad)
}

func split(sealed []byte) (id KeyID, wrapped []byte, ok bool) {
	if len(sealed) < 1+len(id) || sealed[0] != format1 {
		return id, nil, false
	}
	return KeyID(sealed[1:]), sealed[1+len(id):], true
}

// MAC returns the HMAC-SHA-256 of data under a key for one purpose. A new master key does not change it.
func (k *Keyring) MAC(purpose string, data []byte) []byte {
	h := hmac.New(sha256.New, k.Derive(purpose))
	h.Write(data)
	return h.Sum(nil)
}

// CheckMAC reports whether sum is the MAC of data. Sums of older releases begin with four more bytes.
func (k *Keyring) CheckMAC(purpose string, data, sum []byte) bool {
	return len(sum) >= sha256.Size && hmac.Equal(sum[len(sum)-sha256.Size:], k.MAC(purpose, data))
}

const (
	// KeySize is the size in bytes of a master key, a data key and a derived key.
	KeySize = 32

	format1 = 1 // AES-256-GCM, random 96-bit nonce
	format2 = 2 // the same, of a Text that only its author's devices can open
)

// ErrUnsealed is returned for a ciphertext that does not open: it was altered, cut short, moved from another
// row, or sealed under another key.
var ErrUnsealed error = fault.Known("seal: the sealed data does not open")

// A Key seals and opens with AES-256-GCM. The zero Key is not valid.
type Key struct {
	aead   cipher.AEAD
	secret []byte // for Hash
}

// NewKey makes a Key from KeySize bytes, which nobody may change later.
func NewKey(key []byte) Key {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for a wrong key length
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return Key{aead, key}
}

// Valid reports whether k was made by NewKey or a Keyring.
func (k Key) Valid() bool { return k.aead != nil }

// HashSize is the size in bytes of a Hash.
const HashSize = 16

// Hash returns a keyed hash of data for one purpose: the first half of an HMAC-SHA-256, under a key derived from k (HKDF, RFC
// 5869).
func (k Key) Hash(purpose string, data []byte) []byte {
	key, err := hkdf.Key(sha256.New, k.secret, nil, purpose, KeySize)
	if err != nil {
		panic(err) // only for absurd lengths
	}
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(nil)[:HashSize]
}

// Seal encrypts plain and binds it to aad.
func (k Key) Seal(plain, aad []byte) []byte {
	return k.sealAs(format1, plain, aad)
}

func (k Key) sealAs(format byte, plain, aad []byte) []byte {
	sealed := make([]byte, 0, 1+12+len(plain)+16)
	return k.encrypt(append(sealed, format), plain, aad)
}

// Open returns what Seal encrypted for the same aad. It returns ErrUnsealed for anything else.
func (k Key) Open(sealed, aad []byte) ([]byte, error) {
	if len(sealed) < 1 || sealed[0] != format1 {
		return nil, ErrUnsealed
	}
	return k.decrypt(nil, sealed[1:], aad)
}

// encrypt appends nonce and ciphertext to dst.
func (k Key) encrypt(dst, plain, aad []byte) []byte {
	n := len(dst)
	dst = append(dst, make([]byte, k.aead.NonceSize())...)
	if _, err := rand.Read(dst[n:]); err != nil {
		panic(err) // crypto/rand does not fail
	}
	return k.aead.Seal(dst, dst[n:n+k.aead.NonceSize()], plain, aad)
}

// decrypt appends what encrypt encrypted to dst.
func (k Key) decrypt(dst, sealed, aad []byte) ([]byte, error) {
	if len(sealed) < k.aead.NonceSize() {
		return nil, ErrUnsealed
	}
	plain, err := k.aead.Open(dst, sealed[:k.aead.NonceSize()], sealed[k.aead.NonceSize():], aad)
	if err != nil {
		return nil, ErrUnsealed
	}
	return plain, nil
}
