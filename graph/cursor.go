package graph

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

// A cursor is a position and a MAC over it and over everything that it is good for:
//
//	format 1 | pinned 1 | µs since 1970 8 | note id 16 | HMAC-SHA-256, cut to 16
//
// in unpadded base64url. The position holds nothing that the note beside it does not show;
// nobody can make one up (CVE-2026-33503) or carry one to another owner, order or filter.
const (
	cursorFormat   = 1
	positionLength = 1 + 1 + 8 + 16
	cursorMAC      = 16
	cursorLength   = (positionLength + cursorMAC) / 3 * 4 // 42 bytes leave no bits over: a cursor has one form
)

var errCursor = &refusal{Code: BadUserInput, Field: "after", Message: "This is no cursor of this list. Start again without it."}

// cursors makes the cursors of every list under one key.
type cursors struct{ key []byte }

// A pageMark makes and reads the cursors of one list: of one owner in one order and filter. It
// keeps its MAC from one cursor to the next, and is safe for concurrent use: the notes of a page
// may be resolved at the same time.
type pageMark struct {
	key  []byte
	list []byte

	mu   sync.Mutex
	hmac hash.Hash // nil before the first cursor
}

// of gives the mark of scope's list for q, whatever its First and After.
func (c cursors) of(scope string, q db.NotesQuery) *pageMark {
	var list []byte
	for _, s := range []string{scope, string(q.Order), q.Search, q.Tag, q.Tenant} {
		list = append(binary.AppendUvarint(list, uint64(len(s))), s...)
	}
	pinned := byte(2)
	if q.Pinned != nil {
		pinned = bit(*q.Pinned)
	}
	return &pageMark{key: c.key, list: append(list, pinned, bit(q.Trashed))}
}

// write gives the cursor of a position, always the same.
func (m *pageMark) write(p db.Position) string {
	b := make([]byte, 0, positionLength+sha256.Size)
	b = append(b, cursorFormat, bit(p.Pinned))
	b = binary.BigEndian.AppendUint64(b, uint64(p.At.UnixMicro()))
	b = append(b, p.ID[:]...)
	return base64.RawURLEncoding.EncodeToString(m.appendMAC(b))
}

// read gives the position that write was given, nil for no cursor. It returns BAD_USER_INPUT,
// field "after", for one that is not this list's.
func (m *pageMark) read(cursor *string) (*db.Position, error) {
	if cursor == nil {
		return nil, nil
	}
	if len(*cursor) != cursorLength { // the decoder skips line breaks
		return nil, errCursor
	}
	b, err := base64.RawURLEncoding.DecodeString(*cursor)
	if err != nil || b[0] != cursorFormat {
		return nil, errCursor
	}
	if !hmac.Equal(b, m.appendMAC(b[:positionLength:positionLength])) {
		return nil, errCursor
	}
	return &db.Position{
		Pinned: b[1] == 1,
		At:     time.UnixMicro(int64(binary.BigEndian.Uint64(b[2:10]))).UTC(), //nolint:gosec // as above
		ID:     uuid.UUID(b[10:positionLength]),
	}, nil
}

// appendMAC appends the MAC of a position to it.
func (m *pageMark) appendMAC(position []byte) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hmac == nil {
		m.hmac = hmac.New(sha256.New, m.key)
	}
	m.hmac.Reset()
	m.hmac.Write(position) // of fixed length, so what follows needs no separator
	m.hmac.Write(m.list)
	return m.hmac.Sum(position)[:positionLength+cursorMAC]
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}
