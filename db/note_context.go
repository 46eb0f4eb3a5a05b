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

// normal returns c as it is stored, or CodeInvalid, field "context", for an id that cannot be stored. A page's title and URL are not
// what a person writes, so nothing that is wrong with them keeps a note from being saved: a title is cut, and a URL that is not at
// origin, unless that is "", is dropped.
func (c *NoteContext) normal(origin string) (*NoteContext, error) {
	if c == nil {
		return nil, nil
	}
	if c.ID == "" || utf8.RuneCountInString(c.ID) > contextIDLength || !validText(c.ID) {
		return nil, invalid("context", "The id of a page must have 1 to %d characters.", contextIDLength)
	}
	n := &NoteContext{ID: c.ID, URL: pageURL(c.URL, origin)}
	if validText(c.Title) {
		title := []rune(strings.Join(strings.Fields(c.Title), " "))
		n.Title = string(title[:min(len(title), contextTitleLength)])
	}
	return n, nil
}

// pageURL returns the address of a page at origin, or at any one if that is "", without fragment; "" for anything else.
func pageURL(text, origin string) string {
	text, _, _ = strings.Cut(text, "#")
	u, err := url.Parse(text)
	if err != nil || len(text) > contextURLSize || !validText(text) || u.User != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	if of := u.Scheme + "://" + u.Host; origin != "" && of != origin || !strings.HasPrefix(text, of) {
		return ""
	}
	return text
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

// at returns c without a URL that is not at an embed origin of a tenant.
func (c *NoteContext) at(tenant *Tenant) *NoteContext {
	if c == nil {
		return nil
	}
	if u, err := url.Parse(c.URL); err == nil && tenant.Lists(u.Scheme+"://"+u.Host) {
		return c
	}
	return &NoteContext{ID: c.ID, Title: c.Title}
}
