package web

import (
	"crypto/rand"
	"encoding/json"
	"errors"
)

// masked is text about a person that stands in a page beside what a tenant chose. That page is packed, so its length would tell
// how much of the one is in the other (BREACH); under a fresh mask it has nothing in common with anything.
type masked string

// MarshalJSON gives base64 of a mask and, as long again, of the text under it.
func (m masked) MarshalJSON() ([]byte, error) {
	both := make([]byte, 2*len(m))
	mask, text := both[:len(m)], both[len(m):]
	if _, err := rand.Read(mask); err != nil {
		return nil, err
	}
	for i := range text {
		text[i] = m[i] ^ mask[i]
	}
	return json.Marshal(both)
}

// UnmarshalJSON is what the page does (src/popup/interaction.ts).
func (m *masked) UnmarshalJSON(b []byte) error {
	var both []byte
	if err := json.Unmarshal(b, &both); err != nil {
		return err
	}
	if len(both)%2 != 0 {
		return errors.New("web: half of a masked text is missing")
	}
	mask, text := both[:len(both)/2], both[len(both)/2:]
	for i := range text {
		text[i] ^= mask[i]
	}
	*m = masked(text)
	return nil
}
