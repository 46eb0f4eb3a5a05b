package db

import (
	"archive/zip"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// An Archive is everything stored about a person, for them to download:
//
//	account.json                          the account, and everything that belongs to it
//	notes.json                            every note, including the trash
//	notes/<tenant>/<date> <title>.md      the same notes as readable files
//
// Earlier versions of notes are left out: they exist to undo a change, and are deleted when space runs out.
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

// ErrExportedInBrowser is returned for an account with notes that only its person's devices can read.
var ErrExportedInBrowser error = &Error{Code: CodeConflict, Message: "Your notes are end-to-end encrypted, so only your browser can export them. Reload the page, then export again."}

// NewArchive starts the archive of the person of a session, which must be confirmed. It is limited by the
// rate Archives.
func (d *DB) NewArchive(ctx context.Context, s *Session) (_ *Archive, err error) {
	defer place(&err, "db.NewArchive")
	if s.Sealing != SealingServer {
		return nil, ErrExportedInBrowser
	}
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
		if state, err := keyStateOf(ctx, tx, s.UserID); err != nil || state.Sealing != SealingServer {
			return cmp.Or(err, ErrExportedInBrowser)
		}
		err := tx.NewRaw(`SELECT tenant_key AS tenant, created_at FROM consents WHERE user_id = ? AND withdrawn_at IS NULL ORDER BY created_at`, s.UserID).Scan(ctx, &a.account.Allowed)
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
		file, err := z.CreateHeader(&zip.FileHeader{Name: names.path(n), Method: zip.Deflate, Modified: n.UpdatedAt})
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
			if err := f(newArchivedNote(n, name)); err != nil {
				return err
			}
			last = n.ID
		}
		if len(notes) < archiveChunk {
			return a.db.requireLiveSession(ctx, a.owner)
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

// An archivedNote is a note as an archive stores it.
type archivedNote struct {
	ID         uuid.UUID        `json:"id"`
	TenantID   string           `json:"tenantId"`
	TenantName string           `json:"tenant"`
	Title      string           `json:"title"`
	Body       string           `json:"body"`
	Tags       []string         `json:"tags"`
	Context    *archivedContext `json:"context,omitempty"` // the page on which it was written
	Pinned     bool             `json:"pinned"`
	Version    int              `json:"version"`
	CreatedAt  time.Time        `json:"createdAt"`
	UpdatedAt  time.Time        `json:"updatedAt"`
	TrashedAt  *time.Time       `json:"trashedAt"`
}

// An archivedContext is a NoteContext as an archive stores it.
type archivedContext struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

func newArchivedNote(n *Note, tenantName string) archivedNote {
	return archivedNote{n.ID, n.TenantKey, tenantName, n.Title, n.Body, n.Tags, (*archivedContext)(n.Context), n.Pinned, n.Version, n.CreatedAt, n.UpdatedAt, n.TrashedAt}
}

// writeMarkdown writes the note's unchanged body after a front matter with its other fields. Values are JSON,
// which YAML reads too, so that a title cannot escape its quotes.
func (n archivedNote) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("---\n")
	type field struct {
		name  string
		value any
	}
	fields := []field{
		{"id", n.ID}, {"title", n.Title}, {"tenant", n.TenantName}, {"tenantId", n.TenantID}, {"tags", n.Tags}, {"pinned", n.Pinned},
		{"version", n.Version}, {"createdAt", n.CreatedAt}, {"updatedAt", n.UpdatedAt}, {"trashedAt", n.TrashedAt},
	}
	if n.Context != nil {
		fields = append(fields, field{"context", n.Context})
	}
	for _, f := range fields {
		value, err := frontMatter(f.value)
		if err != nil {
			return err
		}
		b.WriteString(f.name + ": " + value + "\n")
	}
	b.WriteString("---\n\n")
	b.WriteString(n.Body)
	_, err := io.WriteString(w, b.String())
	return err
}

// frontMatter encodes a value as JSON that is also YAML 1.1. It escapes the characters that encoding/json
// does not escape but YAML takes for unprintable or for the end of a line (§5.1, §5.4).
func frontMatter(v any) (string, error) {
	var plain, b strings.Builder
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	for _, r := range strings.TrimSuffix(plain.String(), "\n") {
		if r >= 0x7f && r < 0xa0 || r == '\ufeff' || r == '\ufffe' || r == '\uffff' {
			fmt.Fprintf(&b, "\\u%04x", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String(), nil
}

// fileNames gives each note a unique name that every file system accepts.
type fileNames struct {
	folders map[string]string // by tenant key
	taken   map[string]bool   // by key, since file systems may ignore case and Unicode normalization
	fold    cases.Caser
}

func newFileNames() *fileNames {
	return &fileNames{folders: map[string]string{}, taken: map[string]bool{}, fold: cases.Fold()}
}

func (f *fileNames) path(n archivedNote) string {
	folder, known := f.folders[n.TenantID]
	if !known {
		folder = safeName(n.TenantName)
		if folder == "" || reserved.MatchString(folder) {
			folder = strings.TrimSpace(folder + " " + n.TenantID)
		}
		folder = f.unusedName("notes/"+folder, n.TenantID)
		f.folders[n.TenantID] = folder
	}
	title := safeName(n.Title)
	if title == "" {
		title = "Untitled"
	}
	return f.unusedName(folder+"/"+n.CreatedAt.Format(time.DateOnly)+" "+title, n.ID.String()) + ".md"
}

// unusedName returns a name that is not in use, and marks it as used. It appends id if needed, and a number if a
// title ends in that id.
func (f *fileNames) unusedName(name, id string) string {
	free := name
	for i := 1; f.taken[f.key(free)]; i++ {
		if free = name + " " + id; i > 1 {
			free += fmt.Sprintf(" %d", i)
		}
	}
	f.taken[f.key(free)] = true
	return free
}

func (f *fileNames) key(name string) string {
	return norm.NFC.String(f.fold.String(norm.NFD.String(name)))
}

// reserved matches names that Windows reserves.
var reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(\..*)?$`)

// safeName returns a text as a part of a file name: composed (NFC), of limited length, and without characters
// that are invisible or special to a file system.
func safeName(text string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`, r), r == unicode.ReplacementChar:
			return '-'
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r): // control characters, and those that change the writing direction
			return -1
		}
		return r
	}, norm.NFC.String(text))
	for strings.Contains(clean, "..") { // careless programs would take it for the parent folder
		clean = strings.ReplaceAll(clean, "..", ".")
	}
	var b strings.Builder
	for i, r := range []rune(strings.Join(strings.Fields(clean), " ")) {
		if i == 60 || b.Len()+len(string(r)) > 180 {
			break
		}
		b.WriteRune(r)
	}
	return strings.Trim(b.String(), " .-")
}
