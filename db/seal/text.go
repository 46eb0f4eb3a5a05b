package seal

import (
	"encoding/binary"
	"slices"
	"unsafe"

	"github.com/google/uuid"
)

// A Text is the part of a note that is sealed: either a title, a body and tags, or Sealed.
type Text struct {
	Title  string
	Body   string
	Tags   []string
	Sealed string // bytes that only the devices of the note's author can open; "" for a text that the service can read
}

// Equal reports whether t and u are the same text.
func (t Text) Equal(u Text) bool {
	return t.Title == u.Title && t.Body == u.Body && t.Sealed == u.Sealed && slices.Equal(t.Tags, u.Tags)
}

// A Place is the only place in which a sealed Text opens: one version of one note of one person at one
// tenant.
type Place struct {
	User    uuid.UUID
	Tenant  string
	Note    uuid.UUID
	Version int
}

// SealText seals t for its place.
func (k Key) SealText(at Place, t Text) []byte {
	if t.Sealed != "" {
		return k.sealAs(format2, []byte(t.Sealed), at.appendAAD2(make([]byte, 0, 64+len(at.Tenant))))
	}
	plain := make([]byte, 0, len(t.Title)+len(t.Body)+16)
	plain = appendString(plain, t.Title)
	plain = appendString(plain, t.Body)
	plain = binary.AppendUvarint(plain, uint64(len(t.Tags)))
	for _, tag := range t.Tags {
		plain = appendString(plain, tag)
	}
	return k.Seal(plain, at.appendAAD(make([]byte, 0, 64+len(at.Tenant))))
}

// OpenText opens what SealText sealed. It returns ErrUnsealed for anything else.
func (k Key) OpenText(at Place, sealed []byte) (Text, error) {
	o := Opener{Key: k, aad: make([]byte, 0, 64+len(at.Tenant))}
	return o.OpenText(at, sealed)
}

// An Opener opens one Text after another and reuses its memory. It must not be used concurrently.
type Opener struct {
	Key  Key
	aad  []byte
	tags []string // memory for those of the next texts
	room int      // of the last such memory
}

// OpenText is Key.OpenText.
func (o *Opener) OpenText(at Place, sealed []byte) (Text, error) {
	t, _, err := o.OpenTextIn(nil, at, sealed)
	return t, err
}

// OpenTextIn opens a text in buffer, or in a larger buffer if that is too small. It returns the buffer that
// holds the text: opening another text in it destroys the first.
func (o *Opener) OpenTextIn(buffer []byte, at Place, sealed []byte) (Text, []byte, error) {
	if len(sealed) < 1 || sealed[0] != format1 && sealed[0] != format2 {
		return Text{}, nil, ErrUnsealed
	}
	if sealed[0] == format2 {
		o.aad = at.appendAAD2(o.aad[:0])
		bytes, err := o.Key.decrypt(nil, sealed[1:], o.aad)
		if err != nil {
			return Text{}, nil, err
		}
		return Text{Tags: []string{}, Sealed: string(bytes)}, buffer, nil
	}
	o.aad = at.appendAAD(o.aad[:0])
	plain, err := o.Key.decrypt(buffer[:0], sealed[1:], o.aad)
	if err != nil {
		return Text{}, nil, err
	}
	// Nothing writes to plain while the text is needed, so the strings may share its memory.
	r := reader{rest: unsafe.String(unsafe.SliceData(plain), len(plain))}
	t := Text{Title: r.string(), Body: r.string()}
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		return Text{}, nil, ErrUnsealed
	}
	t.Tags = o.newTags(int(n)) //nolint:gosec // limited above
	for i := range t.Tags {
		t.Tags[i] = r.string()
	}
	if r.bad || len(r.rest) != 0 {
		return Text{}, nil, ErrUnsealed
	}
	return t, plain, nil
}

// newTags returns a slice for the tags of a text. Several texts share an array, so that a page needs few allocations.
func (o *Opener) newTags(n int) []string {
	if n == 0 {
		return []string{} // never nil
	}
	if n > len(o.tags) {
		o.room = max(n, min(2*o.room, 64))
		o.tags = make([]string, o.room)
	}
	tags := o.tags[:n:n]
	o.tags = o.tags[n:]
	return tags
}

func (p Place) appendAAD(aad []byte) []byte {
	aad = append(aad, p.User[:]...)
	aad = append(aad, p.Note[:]...)
	aad = binary.BigEndian.AppendUint64(aad, uint64(p.Version)) //nolint:gosec // versions are positive
	return append(aad, p.Tenant...)
}

// appendAAD2 is appendAAD for format 2: no text opens in the other format. A tenant's key has no NUL.
func (p Place) appendAAD2(aad []byte) []byte { return append(p.appendAAD(aad), 0, format2) }

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
