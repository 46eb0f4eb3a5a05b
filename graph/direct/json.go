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

// A jsonValue is the JSON of one value, complete or in progress.
type jsonValue struct {
	ctx       context.Context // the field's, passed to the resolvers below it
	resolvers generated.ResolverRoot
	parts     *Parts
	full      [][]byte // the JSON before json
	json      []byte
	err       error // the reason that json is incomplete, or nil
	placed    bool  // whether it is in parts.placed
	gap       int   // its offset in the generated code's output, once it is placed
}

var jsonValues = sync.Pool{New: func() any { return &jsonValue{json: make([]byte, 0, 4<<10)} }}

// maxKept is the capacity of the largest buffer that is reused. Most pages fit in it.
const maxKept = 64 << 10

func newJSONValue(ctx context.Context, resolvers generated.ResolverRoot, parts *Parts) *jsonValue {
	e, _ := jsonValues.Get().(*jsonValue) // the pool holds only jsonValues
	*e = jsonValue{ctx: ctx, resolvers: resolvers, parts: parts, json: e.json[:0]}
	return e
}

func (e *jsonValue) release() {
	*e = jsonValue{json: e.json}
	if cap(e.json) <= maxKept {
		jsonValues.Put(e)
	}
}

// MarshalGQL records where Join inserts the JSON in w, the generated code's buffer. It writes the JSON to any other w, and on
// a second call, because Join must release a jsonValue only once.
func (e *jsonValue) MarshalGQL(w io.Writer) {
	data, ok := w.(*bytes.Buffer) // the generated code's
	if !ok || e.placed {
		e.writeTo(w)
		return
	}
	e.placed, e.gap = true, data.Len()
	e.parts.placed = append(e.parts.placed, e)
}

// writeTo writes all of the JSON.
func (e *jsonValue) writeTo(w io.Writer) {
	for _, part := range e.full {
		_, _ = w.Write(part)
	}
	_, _ = w.Write(e.json)
}

func (e *jsonValue) size() int {
	n := len(e.json)
	for _, part := range e.full {
		n += len(part)
	}
	return n
}

func (e *jsonValue) literal(s string) { e.json = append(e.json, s...) }

// maxShort is the length of the longest string that is appended to json. A longer one gets its own buffer, because a growing
// json would be copied repeatedly.
const maxShort = 4 << 10

func (e *jsonValue) string(s string) {
	if len(s) <= maxShort {
		e.json = appendString(e.json, s)
		return
	}
	e.full = append(e.full, e.json, appendString(make([]byte, 0, quotedSize(s)), s))
	e.json = make([]byte, 0, maxShort)
}

func (e *jsonValue) stringOrNull(s *string) {
	if s == nil {
		e.literal("null")
		return
	}
	e.string(*s)
}

func (e *jsonValue) bool(b bool) { e.json = strconv.AppendBool(e.json, b) }

func (e *jsonValue) int(i int) { e.json = strconv.AppendInt(e.json, int64(i), 10) }

func (e *jsonValue) time(t time.Time) { e.json = scalar.AppendTime(e.json, t) }

func (e *jsonValue) timeOrNull(t *time.Time) {
	if t == nil {
		e.literal("null")
		return
	}
	e.time(*t)
}

// id sets errNull for the nil UUID, because the generated code encodes it as null and ID! is not nullable.
func (e *jsonValue) id(id uuid.UUID) {
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

func (e *jsonValue) strings(list []string) {
	e.json = append(e.json, '[')
	for i, s := range list {
		if i > 0 {
			e.json = append(e.json, ',')
		}
		e.string(s)
	}
	e.json = append(e.json, ']')
}

// appendString appends s as a JSON string with the escapes of graphql.MarshalString: quote, backslash and the characters
// below space. It does not validate UTF-8.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for {
		n := unescapedLength(s)
		b = append(b, s[:n]...)
		if n == len(s) {
			return append(b, '"')
		}
		b = appendEscaped(b, s[n])
		s = s[n+1:]
	}
}

// quotedSize returns how many bytes appendString appends for s.
func quotedSize(s string) int {
	size := len(s) + len(`""`)
	for {
		n := unescapedLength(s)
		if n == len(s) {
			return size
		}
		var escaped [8]byte
		size += len(appendEscaped(escaped[:0], s[n])) - 1
		s = s[n+1:]
	}
}

func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '\t':
		return append(b, `\t`...)
	case '\r':
		return append(b, `\r`...)
	case '\n':
		return append(b, `\n`...)
	case '"', '\\':
		return append(b, '\\', c)
	}
	const hex = "0123456789ABCDEF"
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
}

// unescapedLength returns the length of the part of s before the first byte that needs an escape.
func unescapedLength(s string) int {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			return i
		}
	}
	return len(s)
}
