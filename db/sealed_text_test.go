package db_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// sealedBy returns a text in the format of a note that a device has sealed.
func sealedBy(device string) string {
	return base64.RawURLEncoding.EncodeToString([]byte("sealed by a device: " + strings.Repeat(device, 20)))
}

func TestSealedTextsAreChecked(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	before := alice.Account
	beginSealing(t, d, alice)
	owner := alice.Widget(t, shop).Owner()
	largest := base64.RawURLEncoding.EncodeToString(make([]byte, 458_780))
	n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Sealed: largest})
	must(t, err)
	if read, err := d.DB.Note(t.Context(), owner, n.ID); err != nil || read.Sealed != largest {
		t.Errorf("the largest note has changed: %v", err)
	}
	for name, text := range map[string]string{
		"too long":        base64.RawURLEncoding.EncodeToString(make([]byte, 458_781)),
		"too short":       base64.RawURLEncoding.EncodeToString(make([]byte, 28)),
		"padding":         base64.URLEncoding.EncodeToString(make([]byte, 40)),
		"plain text":      "My secret: it is not sealed, and must not be stored as if it were.",
		"standard base64": strings.Repeat("+", 80),
		"a line break":    sealedBy("a") + "\n",
		"another ending":  strings.Repeat("A", 41) + "B",
	} {
		if _, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Sealed: text}); !isInvalid(err, "sealed") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := d.DB.UpdateNote(t.Context(), owner, db.NoteChange{ID: n.ID, Version: 1, Sealed: &text}); !isInvalid(err, "sealed") {
			t.Errorf("%s in a change: %v", name, err)
		}
	}
	for name, note := range map[string]db.NewNote{
		"a title": {Title: "x", Sealed: sealedBy("a")}, "a body": {Body: "x", Sealed: sealedBy("a")}, "tags": {Tags: []string{"x"}, Sealed: sealedBy("a")},
	} {
		if _, err := d.DB.CreateNote(t.Context(), owner, note); !isInvalid(err, "sealed") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for field, q := range map[string]db.NotesQuery{"search": {First: 1, Search: "x"}, "tag": {First: 1, Tag: "x"}} {
		if _, _, err := d.DB.Notes(t.Context(), owner, q); !isInvalid(err, field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	// A retry is recognized by its id and its sealed text.
	id := uuid.Must(uuid.NewV7())
	first, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{ID: id, Sealed: sealedBy("a")})
	must(t, err)
	if again, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{ID: id, Sealed: sealedBy("a")}); err != nil || again.Version != first.Version {
		t.Errorf("a retry: %v", err)
	}
	if _, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{ID: id, Sealed: sealedBy("b")}); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("the same id with another text: %v", err)
	}
	for _, session := range []*db.Session{alice.Account, before} { // as it was looked up now, and just before encryption began
		if _, err := d.DB.NewArchive(t.Context(), session); !errors.Is(err, db.ErrExportedInBrowser) {
			t.Errorf("the service exports: %v", err)
		}
	}
}

// A sealed note can't be opened as a plain one, even if its bytes would be a valid title without a body and tags.
func TestTheKindOfATextIsAuthenticated(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	beginSealing(t, d, alice)
	owner := alice.Widget(t, shop).Owner()
	n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Sealed: base64.RawURLEncoding.EncodeToString([]byte("\x28" + strings.Repeat("x", 40) + "\x00\x00"))})
	must(t, err)
	d.Exec(t, `UPDATE notes SET sealed = set_byte(sealed, 0, 1)`)
	if read, err := d.DB.Note(t.Context(), owner, n.ID); err == nil {
		t.Errorf("it opens as %+v", read)
	}
}
