package feed

import (
	"encoding/base64"
	"errors"
	"strings"
)

// kindLetters maps each kind to the letter that nodes send for it.
var kindLetters = map[Kind]byte{Created: 'c', Updated: 'u', Trashed: 't', Restored: 'r', Deleted: 'd', Missed: '*'}

// encode writes changes into as few payloads as possible.
func encode(changes []Change) (payloads [][]byte) {
	var b []byte
	for i := range changes {
		b = changes[i].appendTo(b)
		if len(b) > maxPayload {
			payloads, b = append(payloads, b), nil
		}
	}
	if len(b) > 0 {
		payloads = append(payloads, b)
	}
	return payloads
}

// appendTo appends the change as nodes send it: its letter, the two ids in base64url, the tenant's
// key, and a newline.
func (c *Change) appendTo(b []byte) []byte {
	b = append(b, kindLetters[c.Kind])
	b = base64.RawURLEncoding.AppendEncode(b, c.UserID[:])
	b = base64.RawURLEncoding.AppendEncode(b, c.ID[:])
	return append(append(b, c.TenantKey...), '\n')
}

const idLength = 22 // 16 bytes in base64url

var errFormat = errors.New("feed: another node sent a change in a format that this one does not know")

// decode reads a payload that encode wrote.
func decode(payload string) (changes []*Change, err error) {
	for line := range strings.Lines(payload) {
		line, whole := strings.CutSuffix(line, "\n")
		if !whole || len(line) < 1+2*idLength {
			return nil, errFormat
		}
		c := &Change{TenantKey: line[1+2*idLength:]}
		for kind, letter := range kindLetters {
			if letter == line[0] {
				c.Kind = kind
			}
		}
		_, userErr := base64.RawURLEncoding.Decode(c.UserID[:], []byte(line[1:1+idLength]))
		_, idErr := base64.RawURLEncoding.Decode(c.ID[:], []byte(line[1+idLength:1+2*idLength]))
		if c.Kind == "" || userErr != nil || idErr != nil {
			return nil, errFormat
		}
		changes = append(changes, c)
	}
	return changes, nil
}
