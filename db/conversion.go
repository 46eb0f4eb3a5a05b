package db

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db/feed"
	"github.com/company-a/aside/db/seal"
)

// MaxConverted is how many notes one request may convert.
const MaxConverted = 100

// A conversion has no limit of space: it must not fail for a person who has used up theirs.
const unlimitedSpace = math.MaxInt64

// convertNote leaves the time of the last change as it is, since the text is the same.
const convertNote = `WITH changed AS (UPDATE notes SET version = version + 1, sealed = $5, sealed_context = $7, context_hash = $8
		WHERE user_id = $1 AND tenant_key = $2 AND id = $3 AND version = $4 AND octet_length(sealed) = $6 AND deleted_at IS NULL
		RETURNING 1)
	SELECT 1 / count(*) FROM changed`

var errOtherForm = invalid("notes", "The notes of this account are not converted to this form now. Reload the page.")

// ConvertNotes stores notes of an account session, at any tenants, in the other form: sealed while the account is
// ENCRYPTING, and with all of their text while it is DECRYPTING. It changes all of them or none. It returns CodeConflict
// with the current note if one is of another version, CodeNotFound if there is no such note, and CodeForbidden if no
// recovery code would open what is encrypted. It deletes their earlier versions, which are in the form that they had.
func (d *DB) ConvertNotes(ctx context.Context, o Owner, changes []NoteChange) (_ []*Note, err error) {
	defer place(&err, "db.ConvertNotes")
	if err := o.valid(); err != nil {
		return nil, err
	}
	if o.tenantKey != "" {
		return nil, &Error{Code: CodeForbidden, Message: "Notes are converted at the account origin."}
	}
	ids := make([]string, len(changes))
	for i, c := range changes {
		if ids[i] = c.ID.String(); slices.Contains(ids[:i], ids[i]) {
			return nil, invalid("notes", "A note can be converted once in a request.")
		}
	}
	if len(ids) == 0 || len(ids) > MaxConverted {
		return nil, invalid("notes", "Convert 1 to %d notes at a time.", MaxConverted)
	}
	for range maxAttempts {
		state, err := d.conversionState(ctx, o.userID)
		if err != nil {
			return nil, err
		}
		current, err := d.notesByID(ctx, o, ids)
		if err != nil {
			return nil, err
		}
		converted, err := d.convertedNotes(o, state, current, changes)
		if err != nil {
			return nil, err
		}
		err = d.storeConverted(ctx, o, state, converted)
		if err == nil {
			notes := make([]*Note, len(converted))
			for i, c := range converted {
				notes[i] = c.note
				d.announce(o, feed.Updated, c.note)
			}
			return notes, nil
		}
		if !isSQLState(err, divisionByZero) {
			return nil, err
		}
		// A note or the state has changed meanwhile, which the next attempt finds, or an owner was not counted yet.
		for _, key := range tenantsOf(current) {
			if err := d.countOwner(ctx, o.userID, key); err != nil {
				return nil, err
			}
		}
	}
	return nil, ErrOutage
}

// conversionState returns the state of an account, or an error if its notes cannot be converted now.
func (d *DB) conversionState(ctx context.Context, user uuid.UUID) (state keyState, err error) {
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		if state, err = keyStateOf(ctx, tx, user); err != nil {
			return err
		}
		switch state.Sealing {
		case SealingEncrypting:
			recoverable, err := hasCodeWrap(ctx, tx, user)
			if err == nil && !recoverable {
				err = errNoCodeWraps
			}
			return err
		case SealingDecrypting:
			return nil
		}
		return errOtherForm
	})
	return state, err
}

const selectNotesByID = `SELECT ` + noteColumns + ` FROM notes WHERE ` + ofAccount + ` AND id = ANY ($3::text[]::uuid[]) AND deleted_at IS NULL`

// notesByID returns the notes of an account session with these ids.
func (d *DB) notesByID(ctx context.Context, o Owner, ids []string) (found map[uuid.UUID]*Note, err error) {
	results, err := d.readAsPerson(ctx, o, func(b *pgx.Batch) { b.Queue(selectNotesByID, idArgument(o.userID), "", ids) })
	if err != nil {
		return nil, err
	}
	defer func() { _ = results.Close() }()
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found = map[uuid.UUID]*Note{}
	row := &noteRow{owner: o}
	for rows.Next() {
		n := &Note{}
		if err := row.read(rows, n); err != nil {
			return nil, d.auditUnsealedNote(ctx, err, n)
		}
		found[n.ID] = n
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(found) == 0 { // perhaps since the session has ended
		rows.Close()
		if err := results.Close(); err != nil {
			return nil, err
		}
		err = d.requireLiveSession(ctx, o)
	}
	return found, err
}

// convertedNotes returns the notes after changes of them, in the order of the changes.
func (d *DB) convertedNotes(o Owner, state keyState, current map[uuid.UUID]*Note, changes []NoteChange) ([]convertedNote, error) {
	converted := make([]convertedNote, len(changes))
	for i, c := range changes {
		before := current[c.ID]
		switch complete := c.Title != nil && c.Body != nil && c.Tags != nil; {
		case before == nil:
			return nil, errNoNote
		case before.Version != c.Version:
			return nil, conflict(before)
		case c.Pinned != nil, state.Sealing == SealingEncrypting && c.Sealed == nil, state.Sealing == SealingDecrypting && !complete:
			return nil, errOtherForm
		}
		t, err := c.text(before, d.limits)
		if err != nil {
			return nil, err
		}
		n := *before
		if n.Context, err = c.context(before); err != nil {
			return nil, err
		}
		n.Version++
		n.Title, n.Body, n.Tags, n.Sealed = t.Title, t.Body, t.Tags, encodeSealed(t)
		sealed := o.key.SealText(seal.Place{User: o.userID, Tenant: n.TenantKey, Note: n.ID, Version: n.Version}, t)
		n.size = len(sealed)
		converted[i] = convertedNote{&n, before.size, sealed, o.storeContext(n.TenantKey, n.ID, n.Context)}
	}
	return converted, nil
}

// A convertedNote is a note in its other form.
type convertedNote struct {
	note   *Note
	before int // its size
	sealed []byte
	stored storedContext
}

// storeConverted stores converted notes if all are as they were and the account is still in a state. Otherwise it divides
// by zero and stores none.
func (d *DB) storeConverted(ctx context.Context, o Owner, state keyState, converted []convertedNote) error {
	growth, ids := map[string]int{}, map[string][]string{}
	for _, c := range converted {
		key := c.note.TenantKey
		growth[key] += len(c.sealed) - c.before
		ids[key] = append(ids[key], c.note.ID.String())
	}
	tenants := slices.Sorted(maps.Keys(growth)) // rows are locked in one order
	ordered := slices.SortedFunc(slices.Values(converted), func(a, b convertedNote) int { return bytes.Compare(a.note.ID[:], b.note.ID[:]) })
	results, err := d.writeAsPerson(ctx, o, func(b *pgx.Batch) {
		for _, key := range tenants {
			b.Queue(growCounter, idArgument(o.userID), key, growth[key], int64(unlimitedSpace), []string{string(state.Sealing)})
		}
		for _, c := range ordered {
			n := c.note
			b.Queue(convertNote, idArgument(o.userID), n.TenantKey, idArgument(n.ID), n.Version-1, c.sealed, c.before, c.stored.sealed, c.stored.hash)
		}
		for _, key := range tenants {
			b.Queue(deleteVersionsOf, idArgument(o.userID), key, ids[key])
		}
	})
	if err != nil {
		return err
	}
	for range 2*len(tenants) + len(ordered) {
		if _, execErr := results.Exec(); execErr != nil {
			err = cmp.Or(err, execErr)
			break
		}
	}
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	if isSQLState(err, insufficientPrivilege) || isSQLState(err, foreignKeyViolation) {
		return ErrNoSession
	}
	return err
}

func tenantsOf(notes map[uuid.UUID]*Note) (keys []string) {
	for _, n := range notes {
		if !slices.Contains(keys, n.TenantKey) {
			keys = append(keys, n.TenantKey)
		}
	}
	return keys
}
