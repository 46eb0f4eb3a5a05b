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

// An encoding is the JSON of one root field, on the way or done.
type encoding struct {
	ctx        context.Context // of the field, for the resolvers below it
	resolvers  generated.ResolverRoot
	parts      *Parts
	json       []byte
	handedBack bool // what is in json is of no use
	placed     bool // among the parts
	gap        int  // where in the marshalled data it belongs
}

var encodings = sync.Pool{New: func() any { return &encoding{json: make([]byte, 0, 4<<10)} }}

// maxKept is the largest buffer that is kept for another answer: most pages fit.
const maxKept = 64 << 10

func newEncoding(ctx context.Context, parts *Parts) *encoding {
	e, _ := encodings.Get().(*encoding) // it holds nothing else
	*e = encoding{ctx: ctx, resolvers: parts.encoder.resolvers, parts: parts, json: e.json[:0]}
	return e
}

func (e *encoding) release() {
	*e = encoding{json: e.json}
	if cap(e.json) <= maxKept {
		encodings.Put(e)
	}
}

// MarshalGQL marks the place of the JSON, one root field after another. It writes the JSON where
// there is no place to mark, and if it is asked again: what Join releases, it releases once.
func (e *encoding) MarshalGQL(w io.Writer) {
	data, ok := w.(*bytes.Buffer) // it is one, in which the generated code puts data together
	if !ok || e.placed {
		_, _ = w.Write(e.json)
		return
	}
	e.placed, e.gap = true, data.Len()
	e.parts.placed = append(e.parts.placed, e)
}

func (e *encoding) literal(s string) { e.json = append(e.json, s...) }

func (e *encoding) string(s string) { e.json = appendString(e.json, s) }

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

// id hands the nil UUID back: it is null, and an ID! may not be.
func (e *encoding) id(id uuid.UUID) {
	if id == uuid.Nil {
		e.handedBack = true
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
