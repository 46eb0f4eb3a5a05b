package scalar

import (
	"errors"
	"io"
	"math"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalInt encodes an Int.
func MarshalInt(i int) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, strconv.Itoa(i)) })
}

var errInt = errors.New("an Int is a 32-bit integer")

// UnmarshalInt decodes a 32-bit integer. It returns an error for a string of digits and for a larger number (GraphQL
// §3.5.1).
func UnmarshalInt(v any) (int, error) {
	i, ok := v.(int64)
	if !ok || i < math.MinInt32 || i > math.MaxInt32 {
		return 0, errInt
	}
	return int(i), nil
}
