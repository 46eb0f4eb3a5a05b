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

// A cursor is a position and a MAC over the position and its list:
//
//	format 1 | pinned 1 | µs since 1970 8 | note id 16 | HMAC-SHA-256, cut to 16
//
// in unpadded base64url. The position holds nothing that the note next to it does not show. A client cannot make one up
// (CVE-2026-33503), or use it for another owner, order or filter.
const (
	cursorFormat   = 1
	positionLength = 1 + 1 + 8 + 16
	cursorMAC      = 16
	cursorLength   = (positionLength + cursorMAC) / 3 * 4 // 42 bytes leave no unused bits, so a cursor has only one encoding
)

var errCursor = &apiError{Code: BadUserInput, Field: "after", Message: "This cursor does not belong to this list. Start again without it."}

// cursors holds the MAC key of all cursors.
type cursors struct{ key []byte }

// A cursorCodec encodes and decodes the cursors of one list: one owner, order and filter. It is safe for concurrent use,
// because the notes of a page may be resolved at the same time.
type cursorCodec struct {
	key  []byte
	list []byte

	mu   sync.Mutex
	hmac hash.Hash // reused; nil before the first cursor
}

// codec returns the codec of scope's list for q. It ignores q's First and After.
func (c cursors) codec(scope string, q db.NotesQuery) *cursorCodec {
	var list []byte
	for _, s := range []string{scope, string(q.Order), q.Search, q.Tag, q.Tenant} {
		list = append(binary.AppendUvarint(list, uint64(len(s))), s...)
	}
	pinned := byte(2)
	if q.Pinned != nil {
		pinned = bit(*q.Pinned)
	}
	list = append(list, pinned, bit(q.Trashed))
	return &cursorCodec{key: c.key, list: append(list, q.Context...)} // last: without a context, the cursors are those of the release before
}

// encode returns the cursor of a position. It is deterministic.
func (c *cursorCodec) encode(p db.Position) string {
	b := make([]byte, 0, positionLength+sha256.Size)
	b = append(b, cursorFormat, bit(p.Pinned))
	b = binary.BigEndian.AppendUint64(b, uint64(p.At.UnixMicro()))
	b = append(b, p.ID[:]...)
	return base64.RawURLEncoding.EncodeToString(c.appendMAC(b))
}

// decode returns the position of a cursor, or nil for nil. It returns BAD_USER_INPUT, with field "after", for a cursor
// of another list.
func (c *cursorCodec) decode(cursor *string) (*db.Position, error) {
	if cursor == nil {
		return nil, nil
	}
	if len(*cursor) != cursorLength { // DecodeString ignores line breaks
		return nil, errCursor
	}
	b, err := base64.RawURLEncoding.DecodeString(*cursor)
	if err != nil || b[0] != cursorFormat {
		return nil, errCursor
	}
	if !hmac.Equal(b, c.appendMAC(b[:positionLength:positionLength])) {
		return nil, errCursor
	}
	return &db.Position{
		Pinned: b[1] == 1,
		At:     time.UnixMicro(int64(binary.BigEndian.Uint64(b[2:10]))).UTC(), //nolint:gosec // as above
		ID:     uuid.UUID(b[10:positionLength]),
	}, nil
}

// appendMAC appends the MAC of a position to it.
func (c *cursorCodec) appendMAC(position []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hmac == nil {
		c.hmac = hmac.New(sha256.New, c.key)
	}
	c.hmac.Reset()
	c.hmac.Write(position) // has a fixed length, so it needs no separator
	c.hmac.Write(c.list)
	return c.hmac.Sum(position)[:positionLength+cursorMAC]
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}
