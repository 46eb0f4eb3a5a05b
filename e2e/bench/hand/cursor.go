package hand

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

// cursors makes and reads the cursors that the service makes of the same lists, so that the
// answers of both can be compared byte by byte (see package graph for the format).
type cursors struct{ key []byte }

type pageMark struct{ key, list []byte }

const (
	cursorFormat   = 1
	positionLength = 26
	macLength      = 16
)

func (c cursors) of(s *db.Session, search string) pageMark {
	var list []byte
	for _, s := range []string{s.Owner().CursorScope(), string(db.PinnedFirst), search, "", ""} {
		list = append(binary.AppendUvarint(list, uint64(len(s))), s...)
	}
	return pageMark{key: c.key, list: append(list, 2, 0)} // pinned or not, not trashed
}

func (m pageMark) write(p db.Position) string {
	b := append(make([]byte, 0, positionLength+macLength), cursorFormat, 0)
	if p.Pinned {
		b[1] = 1
	}
	b = binary.BigEndian.AppendUint64(b, uint64(p.At.UnixMicro()))
	b = append(b, p.ID[:]...)
	return base64.RawURLEncoding.EncodeToString(append(b, m.mac(b)...))
}

// read returns the position of a cursor, nil for none, and whether it is one of this list.
func (m pageMark) read(cursor string) (*db.Position, bool) {
	if cursor == "" {
		return nil, true
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) != positionLength+macLength || b[0] != cursorFormat || !hmac.Equal(b[positionLength:], m.mac(b[:positionLength])) {
		return nil, false
	}
	return &db.Position{
		Pinned: b[1] == 1,
		At:     time.UnixMicro(int64(binary.BigEndian.Uint64(b[2:10]))), //nolint:gosec // the bits of it
		ID:     uuid.UUID(b[10:positionLength]),
	}, true
}

func (m pageMark) mac(position []byte) []byte {
	h := hmac.New(sha256.New, m.key)
	h.Write(position)
	h.Write(m.list)
	return h.Sum(nil)[:macLength]
}
