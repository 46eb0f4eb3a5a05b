package db

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"slices"
	"unsafe"

	"github.com/google/uuid"
)

// Sizes in bytes.
const (
	KeySize     = 32 // of a master key, a data key and a derived key
	sealFormat1 = 1  // AES-256-GCM, random 96-bit nonce
)

// ErrUnsealed is returned for a ciphertext that does not open: altered, cut short,
// moved from another row, or sealed under a key that is not here.
var ErrUnsealed = errors.New("db: the sealed data does not open")

func secretAAD(what, tenantKey string, id uuid.UUID) []byte {
	return append([]byte(what+"\x00"+tenantKey+"\x00"), id[:]...)
}

func wrapAAD(user uuid.UUID) []byte { return append([]byte("data key\x00"), user[:]...) }

// A text is what of a note is sealed.
type text struct {
	Title string
	Body  string
	Tags  []string
}

func (t text) equal(u text) bool {
	return t.Title == u.Title && t.Body == u.Body && slices.Equal(t.Tags, u.Tags)
}

// A place is where a sealed text belongs, and the only one where it opens: one version of one
// note of one person at one tenant.
type place struct {
	user    uuid.UUID
	tenant  string
	note    uuid.UUID
	version int
}

// sealText seals t for its place.
func sealText(aead cipher.AEAD, at place, t text) []byte {
	plain := make([]byte, 0, len(t.Title)+len(t.Body)+16)
	plain = appendString(plain, t.Title)
	plain = appendString(plain, t.Body)
	plain = binary.AppendUvarint(plain, uint64(len(t.Tags)))
	for _, tag := range t.Tags {
		plain = appendString(plain, tag)
	}
	out := make([]byte, 0, 1+12+len(plain)+16)
	return seal(append(out, sealFormat1), aead, plain, at.aad())
}

// openText opens what sealText sealed. It returns ErrUnsealed for anything else.
func openText(aead cipher.AEAD, at place, sealed []byte) (text, error) {
	return openTextAt(aead, at.aad(), sealed)
}

func openTextAt(aead cipher.AEAD, aad, sealed []byte) (text, error) {
	if len(sealed) < 1 || sealed[0] != sealFormat1 {
		return text{}, ErrUnsealed
	}
	plain, err := open(aead, sealed[1:], aad)
	if err != nil {
		return text{}, err
	}
	// Nobody else has plain: the strings may share it.
	r := reader{rest: unsafe.String(unsafe.SliceData(plain), len(plain))}
	t := text{Title: r.string(), Body: r.string()}
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		return text{}, ErrUnsealed
	}
	t.Tags = make([]string, n)
	for i := range t.Tags {
		t.Tags[i] = r.string()
	}
	if r.bad || len(r.rest) != 0 {
		return text{}, ErrUnsealed
	}
	return t, nil
}

func (p place) aad() []byte { return p.appendAAD(make([]byte, 0, 64+len(p.tenant))) }

func (p place) appendAAD(aad []byte) []byte {
	aad = append(aad, p.user[:]...)
	aad = append(aad, p.note[:]...)
	aad = binary.BigEndian.AppendUint64(aad, uint64(p.version)) //nolint:gosec // versions are positive
	return append(aad, p.tenant...)
}

func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for a wrong key length
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// seal appends nonce and ciphertext to dst.
func seal(dst []byte, aead cipher.AEAD, plain, aad []byte) []byte {
	n := len(dst)
	dst = append(dst, make([]byte, aead.NonceSize())...)
	if _, err := rand.Read(dst[n:]); err != nil {
		panic(err) // crypto/rand does not fail
	}
	return aead.Seal(dst, dst[n:n+aead.NonceSize()], plain, aad)
}

func open(aead cipher.AEAD, sealed, aad []byte) ([]byte, error) {
	if len(sealed) < aead.NonceSize() {
		return nil, ErrUnsealed
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], aad)
	if err != nil {
		return nil, ErrUnsealed
	}
	return plain, nil
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// A reader reads what appendString wrote.
type reader struct {
	rest string
	bad  bool
}

func (r *reader) uvarint() (v uint64) {
	for shift := 0; shift < 64; shift += 7 {
		if len(r.rest) == 0 {
			break
		}
		b := r.rest[0]
		r.rest = r.rest[1:]
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	r.bad = true
	return 0
}

func (r *reader) string() (s string) {
	n := r.uvarint()
	if r.bad || n > uint64(len(r.rest)) {
		r.bad = true
		return ""
	}
	s, r.rest = r.rest[:n], r.rest[n:]
	return s
}
