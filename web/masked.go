package web

import (
	"crypto/rand"
	"encoding/json"
	"errors"
)

// masked is personal text in a page that also holds text of a tenant. The page is compressed, so without a mask its length
// would reveal how similar the two are (BREACH). A new random mask for each response prevents that.
type masked string

// MarshalJSON returns the base64 of a mask followed by the masked text, which has the same length.
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

// UnmarshalJSON removes the mask, as src/popup/interaction.ts does in the page.
func (m *masked) UnmarshalJSON(b []byte) error {
	var both []byte
	if err := json.Unmarshal(b, &both); err != nil {
		return err
	}
	if len(both)%2 != 0 {
		return errors.New("web: a masked text has an odd length")
	}
	mask, text := both[:len(both)/2], both[len(both)/2:]
	for i := range text {
		text[i] ^= mask[i]
	}
	*m = masked(text)
	return nil
}
