package direct

import (
	"bytes"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

func marshaled(s string) string {
	var b bytes.Buffer
	graphql.MarshalString(s).MarshalGQL(&b)
	return b.String()
}

// Every byte, at every position.
func TestStringsAreEscapedLikeGqlgen(t *testing.T) {
	for c := range 256 {
		for at := range 20 {
			for _, around := range []string{"a", "\n", "\xc3\xa9", "\xff", "!", "#", "[", "]"} {
				s := strings.Repeat(around, at) + string([]byte{byte(c)}) + strings.Repeat(around, 20-at)
				if got, want := string(appendString(nil, s)), marshaled(s); got != want {
					t.Fatalf("%q is written %s and not %s", s, got, want)
				}
			}
		}
	}
}

func FuzzString(f *testing.F) {
	f.Add("a \"text\" of\nlines \x00 and \\")
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := string(appendString(nil, s)), marshaled(s); got != want {
			t.Errorf("%q is written %s and not %s", s, got, want)
		}
	})
}
