package direct

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/graph/generated"
	"github.com/company-a/aside/graph/scalar"
)

// An encoding is the JSON of one value, complete or in progress.
type encoding struct {
	ctx       context.Context // of the field, for the resolvers below it
	resolvers generated.ResolverRoot
	parts     *Parts
	full      [][]byte // the JSON that comes before json
	json      []byte
	err       error // why json is incomplete, or nil
	placed    bool  // is in parts.placed
	gap       int   // offset in the data of the generated code
}

var encodings = sync.Pool{New: func() any { return &encoding{json: make([]byte, 0, 4<<10)} }}

// maxKept is the size of the largest buffer that is reused: most pages fit.
const maxKept = 64 << 10

func newEncoding(ctx context.Context, resolvers generated.ResolverRoot, parts *Parts) *encoding {
	e, _ := encodings.Get().(*encoding) // holds nothing else
	*e = encoding{ctx: ctx, resolvers: resolvers, parts: parts, json: e.json[:0]}
	return e
}

func (e *encoding) release() {
	*e = encoding{json: e.json}
	if cap(e.json) <= maxKept {
		encodings.Put(e)
	}
}

// MarshalGQL records the offset of the JSON in w. It writes the JSON if w is not the buffer of the generated code, and if
// it is called again: Join must release an encoding only once.
func (e *encoding) MarshalGQL(w io.Writer) {
	data, ok := w.(*bytes.Buffer) // of the generated code
	if !ok || e.placed {
		e.writeTo(w)
		return
	}
	e.placed, e.gap = true, data.Len()
	e.parts.placed = append(e.parts.placed, e)
}

// writeTo writes all of the JSON.
func (e *encoding) writeTo(w io.Writer) {
	for _, part := range e.full {
		_, _ = w.Write(part)
	}
	_, _ = w.Write(e.json)
}

func (e *encoding) size() int {
	n := len(e.json)
	for _, part := range e.full {
		n += len(part)
	}
	return n
}

func (e *encoding) literal(s string) { e.json = append(e.json, s...) }

// maxShort is the size of the largest string that is appended to json. A larger one gets its own buffer, so that json does not
// grow and get copied repeatedly.
const maxShort = 4 << 10

func (e *encoding) string(s string) {
	if len(s) <= maxShort {
		e.json = appendString(e.json, s)
		return
	}
	e.full = append(e.full, e.json, appendString(make([]byte, 0, quotedSize(s)), s))
	e.json = make([]byte, 0, maxShort)
}

func (e *encoding) stringOrNull(s *string) {
	if s == nil {
		e.literal("null")
		return
	}
	e.string(*s)
}

func (e *encoding) bool(b bool) { e.json = strconv.AppendBool(e.json, b) }

func (e *encoding) int(i int) { e.json = strconv.AppendInt(e.json, int64(i), 10) }

func (e *encoding) time(t time.Time) { e.json = scalar.AppendTime(e.json, t) }

func (e *encoding) timeOrNull(t *time.Time) {
	if t == nil {
		e.literal("null")
		return
	}
	e.time(*t)
}

// id fails for the nil UUID: the generated code encodes it as null, and ID! is not nullable.
func (e *encoding) id(id uuid.UUID) {
	if id == uuid.Nil {
		e.err = errNull
		return
	}
	e.json = append(e.json, '"')
	for i, end := range [...]int{4, 6, 8, 10, 16} {
		start := 0
		if i > 0 {
			e.json = append(e.json, '-')
			start = 2 + 2*i
		}
		e.json = hex.AppendEncode(e.json, id[start:end])
	}
	e.json = append(e.json, '"')
}

func (e *encoding) strings(list []string) {
	e.json = append(e.json, '[')
	for i, s := range list {
		if i > 0 {
			e.json = append(e.json, ',')
		}
		e.string(s)
	}
	e.json = append(e.json, ']')
}
