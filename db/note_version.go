package db

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db/seal"
)

// A NoteVersion is the text of a note at an earlier version.
type NoteVersion struct {
	Version   int
	Title     string
	Body      string
	Tags      []string
	Sealed    string // see Note
	WrittenAt time.Time
}

var errNoVersion = &Error{Code: CodeNotFound, Message: "This earlier version is no longer kept."}

const (
	selectVersions        = `SELECT version, written_at, kept_at FROM note_versions WHERE ` + ofWidget + ` AND note_id = $3 ORDER BY version DESC`
	selectAccountVersions = `SELECT version, written_at, kept_at FROM note_versions WHERE ` + ofAccount + ` AND note_id = $3 ORDER BY version DESC`
	selectHistory         = `SELECT version, written_at, sealed FROM note_versions WHERE ` + ofWidget + ` AND note_id = $3 ORDER BY version DESC LIMIT $4`
	selectAccountHistory  = `SELECT version, written_at, sealed FROM note_versions WHERE ` + ofAccount + ` AND note_id = $3 ORDER BY version DESC LIMIT $4`

	insertVersion = `INSERT INTO note_versions (user_id, note_id, version, tenant_key, sealed, written_at) VALUES ($1, $3, $4, $2, $5, $6)`
)

// These delete versions and subtract their sizes from the owner's counter. An earlier statement of the transaction has locked
// the counter's row.
const (
	deleteVersions   = `WITH deleted AS (DELETE FROM note_versions WHERE user_id = $1 AND tenant_key = $2 AND note_id = $3 AND version = ANY ($4)` + uncountDeleted
	deleteVersionsOf = `WITH deleted AS (DELETE FROM note_versions WHERE user_id = $1 AND tenant_key = $2 AND note_id = ANY ($3::text[]::uuid[])` + uncountDeleted

	// Deletes the oldest versions of all notes, until $3 bytes are free or there are none left.
	deleteOldVersions = `WITH deleted AS (DELETE FROM note_versions WHERE user_id = $1 AND tenant_key = $2 AND (note_id, version) IN (
			SELECT note_id, version FROM (
				SELECT note_id, version, sum(octet_length(sealed)) OVER (ORDER BY written_at, note_id, version) - octet_length(sealed) AS freed
				FROM note_versions WHERE user_id = $1 AND tenant_key = $2) v
			WHERE freed < $3)` + uncountDeleted

	uncountDeleted = ` RETURNING octet_length(sealed) AS size)
		UPDATE note_counters SET bytes = bytes - (SELECT sum(size) FROM deleted) WHERE user_id = $1 AND tenant_key = $2 AND EXISTS (SELECT FROM deleted)`
)

// History returns the earlier versions of a note of o that are kept, the newest first. It returns CodeInvalid, field "first",
// for a number out of range.
func (d *DB) History(ctx context.Context, o Owner, n *Note, first int) (_ []NoteVersion, err error) {
	defer place(&err, "db.History")
	if first < 1 || first > MaxPage {
		return nil, invalid("first", "A list can have 1 to %d versions.", MaxPage)
	}
	var rows []versionRow
	err = d.retry(ctx, func() error {
		results, err := d.readAsPerson(ctx, o, func(b *pgx.Batch) { queueHistory(b, o, n.ID, first) })
		if err != nil {
			return err
		}
		rows, err = versionRows(results)
		return errors.Join(err, results.Close())
	})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, d.requireLiveSession(ctx, o)
	}
	return d.openVersions(ctx, o, n, rows)
}

// RestoreVersion gives a note the text of an earlier version, as a new version. The replaced text becomes an earlier version, so
// that restoring that one undoes the change. RestoreVersion returns CodeNotFound if there is no such note, or if the version is
// not kept.
func (d *DB) RestoreVersion(ctx context.Context, o Owner, id uuid.UUID, version int) (n *Note, err error) {
	defer place(&err, "db.RestoreVersion")
	for range maxAttempts {
		n, err = d.restoreVersion(ctx, o, id, version)
		if !IsCode(err, CodeConflict) { // after a conflict, restore again: the other change becomes an earlier version, too
			break
		}
	}
	return n, err
}

func (d *DB) restoreVersion(ctx context.Context, o Owner, id uuid.UUID, version int) (*Note, error) {
	var rows []versionRow
	current, err := d.readNoteAfter(ctx, o, id, func(b *pgx.Batch) { queueHistory(b, o, id, MaxVersions) }, func(results pgx.BatchResults) (err error) {
		rows, err = versionRows(results)
		return err
	})
	if err != nil || current.Version == version {
		return current, err
	}
	history, err := d.openVersions(ctx, o, current, rows)
	if err != nil {
		return nil, err
	}
	wanted := slices.IndexFunc(history, func(v NoteVersion) bool { return v.Version == version })
	if wanted < 0 {
		return nil, errNoVersion
	}
	present, text := current.text(), history[wanted].textIn(current)
	switch {
	case text.Equal(present):
		return current, nil
	case (text.Sealed == "") != (present.Sealed == ""): // a node of the release before has converted the note
		return nil, errNoVersion
	}
	r := replacement{current: current, text: text, context: current.Context, pinned: current.Pinned, keep: keepAlways}
	for i := range history {
		r.versions = append(r.versions, rows[i].keptVersion)
		if history[i].textIn(current).Equal(present) { // it was restored before
			r.keep = keepNever
		}
	}
	return d.replace(ctx, o, r)
}

// textIn returns the text of n with the title, body and tags of an earlier version.
func (v *NoteVersion) textIn(n *Note) seal.Text {
	t := n.text()
	t.Title, t.Body, t.Tags = v.Title, v.Body, v.Tags
	sealed, _ := sealedEncoding.DecodeString(v.Sealed) // encodeSealed wrote it
	t.Sealed = string(sealed)
	return t
}

// A keptVersion is an earlier version without its text.
type keptVersion struct {
	version           int
	writtenAt, keptAt time.Time // when the note last changed while it had the text, and when that became an earlier version
}

// keptVersions reads the result of selectVersions.
func keptVersions(results pgx.BatchResults) ([]keptVersion, error) {
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]keptVersion(nil), rows, func(row pgx.CollectableRow) (v keptVersion, err error) {
		return v, row.Scan(&v.version, &v.writtenAt, &v.keptAt)
	})
}

// A versionRow is an earlier version with its sealed text, without keptAt.
type versionRow struct {
	keptVersion
	sealed []byte
}

func queueVersions(b *pgx.Batch, o Owner, id uuid.UUID) {
	statement := selectVersions
	if o.tenantKey == "" {
		statement = selectAccountVersions
	}
	b.Queue(statement, idArgument(o.userID), o.tenantKey, idArgument(id))
}

func queueHistory(b *pgx.Batch, o Owner, id uuid.UUID, first int) {
	statement := selectHistory
	if o.tenantKey == "" {
		statement = selectAccountHistory
	}
	b.Queue(statement, idArgument(o.userID), o.tenantKey, idArgument(id), first)
}

// versionRows reads the result of queueHistory.
func versionRows(results pgx.BatchResults) ([]versionRow, error) {
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]versionRow(nil), rows, func(row pgx.CollectableRow) (v versionRow, err error) {
		return v, row.Scan(&v.version, &v.writtenAt, &v.sealed)
	})
}

// openVersions opens the earlier versions of a note.
func (d *DB) openVersions(ctx context.Context, o Owner, n *Note, rows []versionRow) ([]NoteVersion, error) {
	history := make([]NoteVersion, len(rows))
	for i, r := range rows {
		t, err := o.key.OpenText(seal.Place{User: o.userID, Tenant: n.TenantKey, Note: n.ID, Version: r.version}, r.sealed)
		if err != nil {
			return nil, d.auditUnsealedNote(ctx, err, n)
		}
		history[i] = NoteVersion{r.version, t.Title, t.Body, t.Tags, encodeSealed(t), r.writtenAt.UTC()}
	}
	return history, nil
}

// A movedVersion is an earlier version of a note that moves to another account.
type movedVersion struct {
	NoteID    uuid.UUID
	Version   int
	TenantKey string
	Sealed    []byte
	WrittenAt time.Time
	KeptAt    time.Time

	text seal.Text
}

// takeVersions deletes all earlier versions of an account's notes, for moveNotes, and returns them by note.
func takeVersions(ctx context.Context, tx authorityTx, from Owner) (map[uuid.UUID][]movedVersion, error) {
	var rows []movedVersion
	err := tx.NewRaw(`DELETE FROM note_versions WHERE user_id = ? RETURNING note_id, version, tenant_key, sealed, written_at, kept_at`, from.userID).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	taken := map[uuid.UUID][]movedVersion{}
	for _, v := range rows {
		v.text, err = from.key.OpenText(seal.Place{User: from.userID, Tenant: v.TenantKey, Note: v.NoteID, Version: v.Version}, v.Sealed)
		if err != nil {
			return nil, err
		}
		taken[v.NoteID] = append(taken[v.NoteID], v)
	}
	return taken, nil
}

// addVersions stores the earlier versions of a note under another account's key, and returns their size.
func addVersions(ctx context.Context, tx authorityTx, to Owner, note uuid.UUID, versions []movedVersion) (size int64, err error) {
	for _, v := range versions {
		sealed := to.key.SealText(seal.Place{User: to.userID, Tenant: v.TenantKey, Note: note, Version: v.Version}, v.text)
		_, err := tx.NewRaw(`INSERT INTO note_versions (user_id, note_id, version, tenant_key, sealed, written_at, kept_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			to.userID, note, v.Version, v.TenantKey, sealed, v.WrittenAt, v.KeptAt).Exec(ctx)
		if err != nil {
			return 0, err
		}
		size += int64(len(sealed))
	}
	return size, nil
}

// MaxVersions is the maximum number of earlier versions of a note.
const MaxVersions = 10

// isDue reports whether the text of a note becomes an earlier version when it is replaced by next. It does if at least gap has
// passed since the last one was kept, or since the note was created, and at any time if next leaves out most of it. versions are those of
// the note, the newest first.
func isDue(n *Note, next seal.Text, versions []keptVersion, gap time.Duration, now time.Time) bool {
	last := n.CreatedAt
	if len(versions) > 0 {
		last = versions[0].keptAt
	}
	return now.Sub(last) >= gap || leavesOutMost(n.text(), next)
}

// longBody is the minimum size of a body in bytes, of which most must not be lost without an earlier version. Somebody who typed less
// can type it again.
const longBody = 100

// leavesOutMost reports whether less than half of a long body is still at the beginning and end of the next one. It isn't at a keystroke,
// only if a large part is deleted or pasted over. Of a text that the service cannot read, it compares the sizes.
func leavesOutMost(text, next seal.Text) bool {
	if text.Sealed != "" {
		return len(next.Sealed) < len(text.Sealed)/2
	}
	before, after := text.Body, next.Body
	shorter := min(len(before), len(after))
	first := 0
	for first < shorter && before[first] == after[first] {
		first++
	}
	last := 0
	for last < shorter-first && before[len(before)-1-last] == after[len(after)-1-last] {
		last++
	}
	return len(before) >= longBody && first+last < len(before)/2
}

// superseded returns the versions to delete when the text of n becomes another version, so that MaxVersions are left. It chooses
// versions that are close to their neighbors for their age, so that many recent ones and few old ones are left. It never
// chooses the oldest one.
func superseded(n *Note, versions []keptVersion, gap time.Duration, now time.Time) (old []int32) {
	left := append([]keptVersion{{n.Version, n.UpdatedAt, now}}, versions...)
	for len(left) > MaxVersions {
		closest, least := 1, 0.0
		for i := 1; i < len(left)-1; i++ {
			between := age(left[i+1], gap, now) / age(left[i-1], gap, now)
			if i == 1 || between < least {
				closest, least = i, between
			}
		}
		old = append(old, int32(left[closest].version)) //nolint:gosec // of a column of this type
		left = append(left[:closest], left[closest+1:]...)
	}
	return old
}

// age returns the age of a version, measured in gaps, plus 1.
func age(v keptVersion, gap time.Duration, now time.Time) float64 {
	return 1 + max(0, now.Sub(v.writtenAt)).Seconds()/gap.Seconds()
}
