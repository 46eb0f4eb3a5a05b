package db

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// A NoteContext is the page on which a note was written.
type NoteContext struct {
	ID    string // the tenant's own id for the page, 1 to 200 characters
	Title string // for people to read; may be empty
	URL   string // http or https, at the embed origin; may be empty
}

// The limits of a NoteContext. Its bytes do not count as the owner's space: they are not the person's text, and there is one
// for a note.
const (
	contextIDLength    = 200
	contextTitleLength = 200
	contextURLSize     = 2000
)

// contextOf is the sealed field that holds a NoteContext.
const contextOf seal.Field = "notes.sealed_context"

// contextHash is the purpose of the hash by which the notes of a page are found.
const contextHash = "aside note context"

// check returns CodeInvalid, field "context", for a context that cannot be stored. Its URL must be at origin, unless that is "".
func (c *NoteContext) check(origin string) error {
	switch {
	case c == nil:
		return nil
	case c.ID == "" || utf8.RuneCountInString(c.ID) > contextIDLength || !validText(c.ID):
		return invalid("context", "The id of a page must have 1 to %d characters.", contextIDLength)
	case utf8.RuneCountInString(c.Title) > contextTitleLength || !validText(c.Title) || strings.ContainsAny(c.Title, "\r\n"):
		return invalid("context", "The title of a page must be a single line of at most %d characters.", contextTitleLength)
	case c.URL != "" && !isPageURL(c.URL, origin):
		return invalid("context", "The URL of a page must be at the origin that shows the widget, without credentials or fragment, with at most %d bytes.", contextURLSize)
	}
	return nil
}

// isPageURL reports whether text is the address of a page at origin, or at any one if that is "".
func isPageURL(text, origin string) bool {
	u, err := url.Parse(text)
	if err != nil || len(text) > contextURLSize || !validText(text) || strings.Contains(text, "#") {
		return false
	}
	of := u.Scheme + "://" + u.Host // no credentials are in it
	return (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && (origin == "" || of == origin) && strings.HasPrefix(text, of) && u.User == nil
}

// A storedContext is a NoteContext as stored: sealed, and its hash. Both are nil for a note without one.
type storedContext struct{ sealed, hash []byte }

// storeContext returns c as stored with a note of o.
func (o Owner) storeContext(tenantKey string, note uuid.UUID, c *NoteContext) storedContext {
	if c == nil {
		return storedContext{}
	}
	return storedContext{contextOf.Seal(o.key, tenantKey, note[:], c.ID, c.Title, c.URL), o.contextHash(c.ID)}
}

// openContext reverses storeContext.
func (o Owner) openContext(tenantKey string, note uuid.UUID, sealed []byte) (*NoteContext, error) {
	if sealed == nil {
		return nil, nil
	}
	c := &NoteContext{}
	return c, contextOf.Open(o.key, tenantKey, note[:], sealed, &c.ID, &c.Title, &c.URL)
}

// contextHash returns the hash by which the notes of a page are found. Its key comes from the person's data key: hashes of two
// people cannot be compared, and say nothing once the account is deleted.
func (o Owner) contextHash(id string) []byte { return o.key.Hash(contextHash, []byte(id)) }

func sameContext(a, b *NoteContext) bool { return a == b || a != nil && b != nil && *a == *b }
