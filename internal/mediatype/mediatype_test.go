package mediatype_test

import (
	"testing"

	"github.com/company-a/aside/internal/mediatype"
)

func TestPreferenceIsThatOfTheMostSpecificRange(t *testing.T) {
	const stream = "text/event-stream"
	for accept, want := range map[string]mediatype.Preference{
		"":                                    {},
		"application/json":                    {},
		"text/event-stream":                   {Quality: 1, Named: true},
		"application/json, Text/Event-Stream": {Quality: 1, Named: true},
		"text/event-stream;q=0":               {Named: true},
		"text/event-stream; q=0.000":          {Named: true},
		"text/event-stream;q=0.001":           {Quality: 0.001, Named: true},
		"text/event-stream;q=2":               {Named: true},
		"text/event-stream;q=x":               {Named: true},
		"*/*":                                 {Quality: 1},
		"*/*;q=0.1, text/*;q=0.5":             {Quality: 0.5},
		"text/event-stream;q=0, */*":          {Named: true},
	} {
		if got := mediatype.PreferenceFor(accept, stream); got != want {
			t.Errorf("%q: got %+v, want %+v", accept, got, want)
		}
	}
}
