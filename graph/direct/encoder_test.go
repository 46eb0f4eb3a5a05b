package direct

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestPartsAreJoined(t *testing.T) {
	parts := NewEncoder(nil).Begin(nil)
	first, second := newJSONValue(t.Context(), nil, parts), newJSONValue(t.Context(), nil, parts)
	first.json, second.json = append(first.json, "[1]"...), append(second.json, "[2]"...)

	var data, answer bytes.Buffer
	data.WriteString(`{"first":`)
	first.MarshalGQL(&data)
	data.WriteString(`,"again":`)
	first.MarshalGQL(&data)
	data.WriteString(`,"second":`)
	second.MarshalGQL(&data)
	data.WriteString(`,"elsewhere":`)
	var elsewhere strings.Builder
	second.MarshalGQL(struct{ io.Writer }{&elsewhere})
	data.WriteString(elsewhere.String() + `}`)

	answer.WriteString(`"data":`)
	parts.Join(&answer, data.Bytes())
	if got := answer.String(); got != `"data":{"first":[1],"again":[1],"second":[2],"elsewhere":[2]}` {
		t.Error(got)
	}
	if len(parts.placed) > 0 {
		t.Error("parts are kept that others may be writing to")
	}
}
