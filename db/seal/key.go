package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"

	"github.com/company-a/aside/internal/fault"
)

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
