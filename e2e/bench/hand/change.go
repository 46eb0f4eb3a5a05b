package hand

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
)

// A change is the body of a create or an update. What is nil stays as it is.
type change struct {
	ID      uuid.UUID `json:"id"`
	Version int       `json:"version"`
	Title   *string   `json:"title"`
	Body    *string   `json:"body"`
	Tags    *[]string `json:"tags"`
	Pinned  *bool     `json:"pinned"`
}

func (c change) apply(n *db.Note) {
	for to, from := range map[*string]*string{&n.Title: c.Title, &n.Body: c.Body} {
		if from != nil {
			*to = *from
		}
	}
	if c.Tags != nil {
		n.Tags = *c.Tags
	}
	if c.Pinned != nil {
		n.Pinned = *c.Pinned
	}
}

const (
	// As long as the service remembers a proof.
	insertProof = `INSERT INTO spent_proofs (proof_hash, expires_at) VALUES ($1, now() + interval '2 minutes')`

	// The owner's limits are checked by a counter, as in the service.
	insertNote = `WITH counted AS (UPDATE note_counters SET notes = notes + 1, bytes = bytes + octet_length($5::bytea)
			WHERE user_id = $1 AND tenant_key = $2 AND notes < $6 AND bytes + octet_length($5::bytea) <= $7 RETURNING 1)
		INSERT INTO notes (user_id, id, tenant_key, pinned, sealed)
		SELECT $1::uuid, $3::uuid, $2::text, $4::boolean, $5::bytea FROM counted
		ON CONFLICT (user_id, id) DO NOTHING RETURNING ` + columns

	// The text before the change becomes an earlier version, five minutes after the last one, as in the service. That none is
	// ever deleted makes no difference here, since no note is changed ten times that far apart.
	updateNote = `WITH old AS (SELECT version, sealed, updated_at, created_at FROM notes WHERE user_id = $1 AND tenant_key = $2 AND id = $3 AND version = $4),
		kept AS (INSERT INTO note_versions (user_id, note_id, version, tenant_key, sealed, written_at)
			SELECT $1, $3, version, $2, sealed, updated_at FROM old WHERE now() - interval '5 minutes' >=
				coalesce((SELECT kept_at FROM note_versions WHERE user_id = $1 AND tenant_key = $2 AND note_id = $3 ORDER BY version DESC LIMIT 1), created_at)
			RETURNING octet_length(sealed) AS size),
		counted AS (UPDATE note_counters SET bytes = bytes - octet_length(old.sealed) + octet_length($6::bytea) + coalesce((SELECT size FROM kept), 0) FROM old
			WHERE user_id = $1 AND tenant_key = $2 AND bytes - octet_length(old.sealed) + octet_length($6::bytea) <= $7 RETURNING 1)
		UPDATE notes SET version = version + 1, pinned = $5, sealed = $6::bytea, updated_at = now()
		WHERE user_id = $1 AND tenant_key = $2 AND id = $3 AND version = $4 AND deleted_at IS NULL AND EXISTS (SELECT FROM counted)
		RETURNING ` + columns
)

// create makes a note, once for each id.
func (n *notes) create(w http.ResponseWriter, r *http.Request) {
	s, sealer, ok := asking(w, r)
	if !ok {
		return
	}
	c, err := decode(r)
	if err != nil || c.ID.Version() != 7 {
		http.Error(w, "this is no note", http.StatusBadRequest)
		return
	}
	note := db.Note{ID: c.ID, TenantKey: s.TenantKey, Version: 1}
	c.apply(&note)
	n.change(w, r, s, sealer, "createNote", insertNote,
		s.UserID, s.TenantKey, note.ID, note.Pinned, sealer.Seal(&note), n.limits.Notes, n.limits.OwnerSize)
}

// update changes a note that still has the version the change was made to.
func (n *notes) update(w http.ResponseWriter, r *http.Request) {
	s, sealer, ok := asking(w, r)
	if !ok {
		return
	}
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		http.Error(w, "this is no id", http.StatusNotFound)
		return
	}
	c, err := decode(r)
	if err != nil {
		http.Error(w, "this is no change", http.StatusBadRequest)
		return
	}
	var note db.Note
	if err := scan(n.pool.QueryRow(r.Context(), selectOne, s.UserID, s.TenantKey, id), s, sealer, &note); err != nil {
		fail(w, err)
		return
	}
	if note.Version != c.Version {
		http.Error(w, "this note was changed elsewhere", http.StatusConflict)
		return
	}
	c.apply(&note)
	note.Version++
	n.change(w, r, s, sealer, "updateNote", updateNote,
		s.UserID, s.TenantKey, note.ID, c.Version, note.Pinned, sealer.Seal(&note), n.limits.OwnerSize)
}

// change runs a statement that changes one note, in one transaction with the proof, and
// answers with the note.
func (n *notes) change(w http.ResponseWriter, r *http.Request, s *db.Session, sealer db.NoteSealer, field, statement string, args ...any) {
	b := &pgx.Batch{}
	if proof := r.Header.Get("DPoP"); proof != "" {
		hash := sha256.Sum256([]byte(proof))
		b.Queue(insertProof, hash[:])
	}
	b.Queue(statement, args...)
	results := n.pool.SendBatch(r.Context(), b)
	var err error
	if b.Len() > 1 {
		_, err = results.Exec()
	}
	var note db.Note
	if err == nil {
		err = scan(results.QueryRow(), s, sealer, &note)
	}
	if err = errors.Join(err, results.Close()); err != nil {
		fail(w, err)
		return
	}
	body := append(append(make([]byte, 0, 1024), `{"data":{"`...), field...)
	body = appendNote(append(body, `":{"note":`...), &note)
	answer(w, append(body, `}}}`...))
}

func decode(r *http.Request) (c change, err error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 128<<10))
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(body, &c)
}
