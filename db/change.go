package db

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/google/uuid"
)

// A ChangeKind says what happened to a note.
type ChangeKind string

// The kinds of change.
const (
	Created  ChangeKind = "CREATED"
	Updated  ChangeKind = "UPDATED"
	Trashed  ChangeKind = "TRASHED"
	Restored ChangeKind = "RESTORED"
	Deleted  ChangeKind = "DELETED"

	// unsaid stands for changes that nobody can name any more. Whoever watches reads everything anew.
	unsaid ChangeKind = "UNSAID"
)

// A Change is that something happened to one note: its ids and nothing of its text, which
// whoever is told reads as they would without being told.
type Change struct {
	Kind      ChangeKind
	ID        uuid.UUID // of the note
	TenantKey string
	user      uuid.UUID // uuid.Nil with unsaid: everybody
}

// Each kind by one letter, in what is sent from node to node.
var kindLetters = map[ChangeKind]byte{Created: 'c', Updated: 'u', Trashed: 't', Restored: 'r', Deleted: 'd', unsaid: '*'}

// appendTo appends the change as nodes tell it to one another: its letter, the two ids in
// base64url, the tenant's key, and a line's end.
func (c *Change) appendTo(b []byte) []byte {
	b = append(b, kindLetters[c.Kind])
	b = base64.RawURLEncoding.AppendEncode(b, c.user[:])
	b = base64.RawURLEncoding.AppendEncode(b, c.ID[:])
	return append(append(b, c.TenantKey...), '\n')
}

const idLetters = 22 // of 16 bytes in base64url

var errNoChange = errors.New("db: another node tells of a change in words that this one does not know")

// parseChanges reads what appendTo wrote, one change after the other.
func parseChanges(told string) (changes []*Change, err error) {
	for line := range strings.Lines(told) {
		line, whole := strings.CutSuffix(line, "\n")
		if !whole || len(line) < 1+2*idLetters {
			return nil, errNoChange
		}
		c := &Change{TenantKey: line[1+2*idLetters:]}
		for kind, letter := range kindLetters {
			if letter == line[0] {
				c.Kind = kind
			}
		}
		_, userErr := base64.RawURLEncoding.Decode(c.user[:], []byte(line[1:1+idLetters]))
		_, idErr := base64.RawURLEncoding.Decode(c.ID[:], []byte(line[1+idLetters:1+2*idLetters]))
		if c.Kind == "" || userErr != nil || idErr != nil {
			return nil, errNoChange
		}
		changes = append(changes, c)
	}
	return changes, nil
}
