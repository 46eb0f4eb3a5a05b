package hand

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/text/unicode/norm"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
)

// notes answers requests for the notes of the session's person.
type notes struct {
	pool    *pgxpool.Pool
	cursors cursors
	limits  db.Limits
}

const columns = `id, version, pinned, sealed, created_at, updated_at, trashed_at`

const (
	selectFirst = `SELECT ` + columns + ` FROM notes
		WHERE user_id = $1 AND tenant_key = $2 AND trashed_at IS NULL AND deleted_at IS NULL
		ORDER BY pinned DESC, updated_at DESC, id DESC LIMIT $3`
	selectAfter = `SELECT ` + columns + ` FROM notes
		WHERE user_id = $1 AND tenant_key = $2 AND trashed_at IS NULL AND deleted_at IS NULL
		AND (pinned, updated_at, id) < ($4, $5, $6)
		ORDER BY pinned DESC, updated_at DESC, id DESC LIMIT $3`
	selectOne = `SELECT ` + columns + ` FROM notes
		WHERE user_id = $1 AND tenant_key = $2 AND id = $3 AND deleted_at IS NULL`
)

// FirstPage is the statement of the first page of a list: of the user $1, the tenant $2, $3
// notes.
const FirstPage = selectFirst

// list answers a page of a list, the pinned first.
func (n *notes) list(w http.ResponseWriter, r *http.Request) {
	s, sealer, ok := asking(w, r)
	if !ok {
		return
	}
	query := r.URL.Query()
	first, err := strconv.Atoi(query.Get("first"))
	if err != nil || first < 1 || first > db.MaxPage {
		http.Error(w, "first is 1 to 100", http.StatusBadRequest)
		return
	}
	mark := n.cursors.of(s, query.Get("search"))
	after, ok := mark.read(query.Get("after"))
	if !ok {
		http.Error(w, "after is no cursor", http.StatusBadRequest)
		return
	}
	search := fold(query.Get("search"))
	var found []db.Note
	if search == "" {
		found, err = n.page(r, s, sealer, after, first+1)
	} else {
		found, err = n.search(r, s, sealer, after, first+1, search)
	}
	if err != nil {
		fail(w, err)
		return
	}
	more := len(found) > first
	if more {
		found = found[:first]
	}
	answer(w, appendPage(make([]byte, 0, 1024*(len(found)+1)), mark, found, more))
}

func (n *notes) page(r *http.Request, s *db.Session, sealer db.NoteSealer, after *db.Position, limit int) ([]db.Note, error) {
	var rows pgx.Rows
	if after == nil {
		rows, _ = n.pool.Query(r.Context(), selectFirst, s.UserID, s.TenantKey, limit) // rows holds the error
	} else {
		rows, _ = n.pool.Query(r.Context(), selectAfter, s.UserID, s.TenantKey, limit, after.Pinned, after.At, after.ID)
	}
	defer rows.Close()
	found := make([]db.Note, 0, limit)
	for rows.Next() {
		found = append(found, db.Note{})
		if err := scan(rows, s, sealer, &found[len(found)-1]); err != nil {
			return nil, err
		}
	}
	return found, rows.Err()
}

// search opens the owner's notes, 250 at a time, until it has found enough.
func (n *notes) search(r *http.Request, s *db.Session, sealer db.NoteSealer, after *db.Position, limit int, search string) ([]db.Note, error) {
	const chunk = 250
	found := make([]db.Note, 0, limit)
	for {
		notes, err := n.page(r, s, sealer, after, chunk)
		if err != nil {
			return nil, err
		}
		for i := range notes {
			if matches(&notes[i], search) {
				if found = append(found, notes[i]); len(found) == limit {
					return found, nil
				}
			}
		}
		if len(notes) < chunk {
			return found, nil
		}
		last := db.PinnedFirst.Position(&notes[chunk-1])
		after = &last
	}
}

func matches(n *db.Note, search string) bool {
	if strings.Contains(fold(n.Title), search) || strings.Contains(fold(n.Body), search) {
		return true
	}
	for _, tag := range n.Tags {
		if strings.Contains(fold(tag), search) {
			return true
		}
	}
	return false
}

// fold is the form in which the service compares texts.
func fold(s string) string {
	s = strings.ToLower(s)
	if norm.NFC.IsNormalString(s) {
		return s
	}
	return norm.NFC.String(s)
}

// read answers one note, null when there is none of that id.
func (n *notes) read(w http.ResponseWriter, r *http.Request) {
	s, sealer, ok := asking(w, r)
	if !ok {
		return
	}
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		answer(w, []byte(`{"data":{"note":null}}`))
		return
	}
	var note db.Note
	err = scan(n.pool.QueryRow(r.Context(), selectOne, s.UserID, s.TenantKey, id), s, sealer, &note)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		answer(w, []byte(`{"data":{"note":null}}`))
	case err != nil:
		fail(w, err)
	default:
		answer(w, append(appendNote(append(make([]byte, 0, 1024), `{"data":{"note":`...), &note), `}}`...))
	}
}

// scan reads a row of columns of a note that s owns.
func scan(row pgx.Row, s *db.Session, sealer db.NoteSealer, n *db.Note) error {
	var sealed []byte
	n.TenantKey = s.TenantKey
	if err := row.Scan(&n.ID, &n.Version, &n.Pinned, &sealed, &n.CreatedAt, &n.UpdatedAt, &n.TrashedAt); err != nil {
		return err
	}
	return sealer.Open(n, sealed)
}

// asking says who is, and answers where nobody is.
func asking(w http.ResponseWriter, r *http.Request) (*db.Session, db.NoteSealer, bool) {
	p := auth.PrincipalFrom(r.Context())
	if p == nil {
		http.Error(w, "who is asking?", http.StatusUnauthorized)
		return nil, db.NoteSealer{}, false
	}
	sealer, err := p.Session.Owner().Sealer()
	if err != nil {
		fail(w, err)
		return nil, db.NoteSealer{}, false
	}
	return p.Session, sealer, true
}

func answer(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body)
}

// fail shows what went wrong: nobody but the bench asks.
func fail(w http.ResponseWriter, err error) {
	http.Error(w, err.Error(), http.StatusInternalServerError)
}
