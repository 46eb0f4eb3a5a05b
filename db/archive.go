package db

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// An Archive is everything stored about a person, for them to download:
//
//	account.json                          the account, and everything that belongs to it
//	notes.json                            every note, including the trash
//	notes/<tenant>/<date> <title>.md      the same notes as readable files
//
// Notes are written as they are read, so that they are never all in memory at once.
type Archive struct {
	db      *DB
	owner   Owner
	account archivedAccount
	tenants map[string]string // tenant names by key
}

type archivedAccount struct {
	*Account
	SessionList []archivedSession    `json:"sessionList"`
	Identities  []archivedIdentity   `json:"identities"`
	Allowed     []archivedConsent    `json:"allowed"` // tenants that may show the notes
	Memberships []archivedMembership `json:"memberships"`
}

type (
	archivedSession struct {
		ID          uuid.UUID   `json:"id"`
		Kind        SessionKind `json:"kind"`
		Tenant      string      `json:"tenant,omitempty"`
		EmbedOrigin string      `json:"embedOrigin,omitempty"`
		CreatedAt   time.Time   `json:"createdAt"`
		LastUsedAt  time.Time   `json:"lastUsedAt"`
		ExpiresAt   time.Time   `json:"expiresAt"`
	}
	archivedIdentity struct {
		Tenant   string    `json:"tenant"`
		Subject  string    `json:"subject"`
		Email    string    `json:"email,omitempty"`
		Name     string    `json:"name,omitempty"`
		LinkedAt time.Time `json:"linkedAt"`
	}
	archivedConsent struct {
		Tenant    string    `json:"tenant"`
		CreatedAt time.Time `json:"createdAt"`
	}
	archivedMembership struct {
		Tenant    string    `json:"tenant"`
		Role      Role      `json:"role"`
		CreatedAt time.Time `json:"createdAt"`
	}
)

// NewArchive starts the archive of the person of a session, which must be confirmed. It is limited by the
// rate Archives.
func (d *DB) NewArchive(ctx context.Context, s *Session) (_ *Archive, err error) {
	defer place(&err, "db.NewArchive")
	if err := d.RequireConfirmation(ctx, s); err != nil {
		return nil, err
	}
	if err := d.Allow(ctx, Archives.By(s.UserID.String()).RecordedAs(Event{Actor: d.Pseudonym(s.UserID), IP: s.From})); err != nil {
		return nil, err
	}
	found, err := d.FindAccounts(ctx, s.UserID.String())
	if err != nil {
		return nil, err
	}
	a := &Archive{db: d, owner: s.owner, account: archivedAccount{Account: found[0]}, tenants: map[string]string{}}
	sessions, err := d.Sessions(ctx, s.UserID)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		a.account.SessionList = append(a.account.SessionList, archivedSession{s.ID, s.Kind, s.TenantKey, s.EmbedOrigin, s.CreatedAt, s.LastUsedAt, s.ExpiresAt})
	}
	identities, err := d.Identities(ctx, s.UserID)
	if err != nil {
		return nil, err
	}
	for _, i := range identities {
		a.account.Identities = append(a.account.Identities, archivedIdentity{i.TenantKey, i.Subject.ID, i.Subject.Email, i.Subject.Name, i.LinkedAt})
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		if err := requireConfirmation(ctx, tx, s); err != nil { // again, since the reads above may have waited
			return err
		}
		err := tx.NewRaw(`SELECT tenant_key AS tenant, created_at FROM consents WHERE user_id = ? ORDER BY created_at`, s.UserID).Scan(ctx, &a.account.Allowed)
		if err != nil {
			return err
		}
		err = tx.NewRaw(`SELECT tenant_key AS tenant, role, created_at FROM members WHERE user_id = ? ORDER BY created_at`, s.UserID).Scan(ctx, &a.account.Memberships)
		if err != nil {
			return err
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: "account.exported"})
	})
	return a, err
}

// Write writes the archive as a zip file. After an error the output is not a valid one: the directory at its
// end is missing.
func (a *Archive) Write(ctx context.Context, w io.Writer) (err error) {
	defer place(&err, "db.Archive.Write")
	z := zip.NewWriter(w)
	file, err := z.Create("account.json")
	if err != nil {
		return err
	}
	if err := writeIndented(file, a.account); err != nil {
		return err
	}
	if file, err = z.Create("notes.json"); err != nil {
		return err
	}
	if err := a.writeNotes(ctx, file); err != nil {
		return err
	}
	names := newFileNames()
	err = a.eachNote(ctx, func(n archivedNote) error {
		file, err := z.CreateHeader(&zip.FileHeader{Name: names.of(n), Method: zip.Deflate, Modified: n.UpdatedAt})
		if err != nil {
			return err
		}
		return n.writeMarkdown(file)
	})
	if err != nil {
		return err
	}
	return z.Close()
}

func (a *Archive) writeNotes(ctx context.Context, w io.Writer) error {
	separator := "[\n"
	err := a.eachNote(ctx, func(n archivedNote) error {
		_, err := io.WriteString(w, separator)
		separator = ",\n"
		return errors.Join(err, writeIndented(w, n))
	})
	if err != nil {
		return err
	}
	end := "]\n"
	if separator == "[\n" {
		end = "[]\n"
	}
	_, err = io.WriteString(w, end)
	return err
}

func writeIndented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// Ordered by id, which no change affects, so that no note is missing or duplicated if somebody writes
// meanwhile.
const selectArchived = `SELECT ` + noteColumns + ` FROM notes WHERE user_id = $1 AND id > $2 AND deleted_at IS NULL ORDER BY id LIMIT $3`

const archiveChunk = 50

// eachNote calls f with every note. It returns ErrNoSession when the session ends before the last one:
// row-level security would then hide the rest, and the archive would seem complete.
func (a *Archive) eachNote(ctx context.Context, f func(archivedNote) error) error {
	last := uuid.Nil
	for {
		notes, err := a.chunk(ctx, last)
		if err != nil {
			return err
		}
		for i := range notes {
			n := &notes[i]
			name, known := a.tenants[n.TenantKey]
			if !known {
				tenant, err := a.db.Tenant(ctx, n.TenantKey)
				if err != nil {
					return err
				}
				name = tenant.Name
				a.tenants[n.TenantKey] = name
			}
			if err := f(archived(n, name)); err != nil {
				return err
			}
			last = n.ID
		}
		if len(notes) < archiveChunk {
			return a.db.stillLive(ctx, a.owner)
		}
	}
}

func (a *Archive) chunk(ctx context.Context, after uuid.UUID) (notes []Note, err error) {
	results, err := a.db.readAsPerson(ctx, a.owner, func(b *pgx.Batch) {
		b.Queue(selectArchived, idArgument(a.owner.userID), idArgument(after), archiveChunk)
	})
	if err != nil {
		return nil, err
	}
	defer func() { _ = results.Close() }()
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	row := &noteRow{owner: a.owner}
	for rows.Next() {
		notes = append(notes, Note{})
		if err := row.read(rows, &notes[len(notes)-1]); err != nil {
			return nil, err
		}
	}
	return notes, rows.Err()
}
