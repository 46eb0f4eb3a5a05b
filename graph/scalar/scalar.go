// Package scalar says how the schema's scalars are written and read, for the generated code.
// It is apart from package graph because the generated code imports it and graph imports
// the generated code.
package scalar

import (
	"errors"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalTime writes t in UTC as RFC 3339 does, whatever the zone of this machine.
func MarshalTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = w.Write(AppendTime(make([]byte, 0, 40), t))
	})
}

// AppendTime appends t to b as MarshalTime writes it.
func AppendTime(b []byte, t time.Time) []byte {
	return append(t.UTC().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

var errTime = errors.New("a Time is written as RFC 3339 does")

// UnmarshalTime reads what RFC 3339 calls a date-time. It fails for anything else.
func UnmarshalTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, errTime
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, errTime
	}
	return t.UTC(), nil
}

// MarshalInt writes an Int.
func MarshalInt(i int) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, strconv.Itoa(i)) })
}

var errInt = errors.New("an Int is a whole number of 32 bits")

// UnmarshalInt reads a whole number. A string of digits is none, nor is what does not fit
// into 32 bits (GraphQL §3.5.1).
func UnmarshalInt(v any) (int, error) {
	i, ok := v.(int64)
	if !ok || i < math.MinInt32 || i > math.MaxInt32 {
		return 0, errInt
	}
	return int(i), nil
}
