package scalar_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/company-a/aside/graph/scalar"
)

func written(m graphql.Marshaler) string {
	var b strings.Builder
	m.MarshalGQL(&b)
	return b.String()
}

func TestTime(t *testing.T) {
	at := time.Date(2026, 11, 23, 18, 54, 44, 123456000, time.FixedZone("EET", 2*60*60))
	if got := written(scalar.MarshalTime(at)); got != `"2026-11-23T16:54:44.123456Z"` {
		t.Errorf("written %s", got)
	}
	if got, err := scalar.UnmarshalTime("2026-11-23T18:54:44.123456+02:00"); err != nil || !got.Equal(at) || got.Location() != time.UTC {
		t.Errorf("read %v, %v", got, err)
	}
	for _, v := range []any{nil, "", "2026-11-23", "2026-11-23 16:54:44", int64(1790000000)} {
		if got, err := scalar.UnmarshalTime(v); err == nil {
			t.Errorf("%v was read as %v", v, got)
		}
	}
}

func TestInt(t *testing.T) {
	if got := written(scalar.MarshalInt(-7)); got != "-7" {
		t.Errorf("written %s", got)
	}
	if got, err := scalar.UnmarshalInt(int64(math.MaxInt32)); err != nil || got != math.MaxInt32 {
		t.Errorf("read %v, %v", got, err)
	}
	for _, v := range []any{nil, "7", 7.5, true, int64(math.MaxInt32 + 1), int64(math.MinInt32 - 1)} {
		if got, err := scalar.UnmarshalInt(v); err == nil {
			t.Errorf("%v was read as %v", v, got)
		}
	}
}
