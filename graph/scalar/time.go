package scalar

import (
	"errors"
	"io"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalTime encodes t in UTC in the format of RFC 3339.
func MarshalTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = w.Write(AppendTime(make([]byte, 0, 40), t))
	})
}

// AppendTime appends t to b in the format of MarshalTime.
func AppendTime(b []byte, t time.Time) []byte {
	return append(t.UTC().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

var errTime = errors.New("a Time has the format of RFC 3339")

// UnmarshalTime decodes a date-time of RFC 3339. It returns an error for anything else.
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
