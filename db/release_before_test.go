package db_test

import (
	"context"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// releaseBefore is the first migration that the release before doesn't have.
const releaseBefore = "20261129001100"

// These are statements of the release before, as its nodes run them while the nodes of an installation are replaced.
const (
	beforePresents    = `SELECT set_config('aside.session', $1, true)`
	beforeBecomesAuth = `SELECT set_config('role', 'aside_auth', true)`

	beforeReadsSession = `SELECT id, kind, user_id, coalesce(tenant_key, ''), coalesce(embed_origin, ''), jkt, subject, vouched,
	created_at, last_used_at, expires_at, display_name, data_key, subject_hash, sealed_name FROM current_session()`

	beforeTouches = `UPDATE sessions SET last_used_at = now()
	WHERE id = $1 AND last_used_at < now() - interval '30 seconds' AND revoked_at IS NULL`

	beforeStillLive = `SELECT still_live($1::text[]::uuid[])`

	beforeSignsIn = `WITH met AS (
		SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE
	), used AS (
		UPDATE passkeys p SET sign_count = $3, backed_up = $4, last_used_at = now()
		FROM met WHERE p.user_id = met.id AND credential_id = $2 RETURNING p.user_id, p.id
	), replaced AS (
		UPDATE sessions s SET revoked_at = coalesce(s.revoked_at, now()) FROM used WHERE s.token_hash = $5 RETURNING s.user_id, s.chain_id
	), recorded AS (
		INSERT INTO audit_events (id, actor, action, target, ip)
		SELECT $10, $11, 'account.signed_in', id::text, $12 FROM used WHERE count_try($13, $14, $15) = 0
	)
	INSERT INTO sessions (id, kind, token_hash, user_id, chain_id, passkey_id, confirmed_at, idle_timeout, expires_at)
	SELECT $6, 'ACCOUNT', $7, user_id, coalesce((SELECT r.chain_id FROM replaced r WHERE r.user_id = used.user_id), $6), id,
		now(), make_interval(secs => $8), now() + make_interval(secs => $9) FROM used`

	// What redeems a code, with the columns of the request as parameters.
	beforeMakesWidget = `INSERT INTO sessions (id, kind, token_hash, user_id, tenant_key, embed_origin, jkt, subject, subject_hash,
			granted_by, chain_id, passkey_id, idle_timeout, expires_at)
		SELECT $1, 'WIDGET', $2, a.user_id, $3, $4, $5, NULL, NULL, a.id, a.chain_id, a.passkey_id, make_interval(secs => $6), now() + make_interval(secs => $7)
		FROM sessions a WHERE a.id = $8 AND a.revoked_at IS NULL AND a.expires_at > now()
		FOR SHARE OF a`

	beforeRevokesChain = `WITH ending AS (
			SELECT id FROM sessions WHERE revoked_at IS NULL AND (chain_id = (SELECT chain_id FROM sessions WHERE id = $1)) ORDER BY id FOR NO KEY UPDATE
		)
		UPDATE sessions s SET revoked_at = now() FROM ending WHERE s.id = ending.id
		RETURNING s.id, s.kind, s.chain_id, s.expires_at > now() AND s.last_used_at + s.idle_timeout > now() AS was_live`

	beforeNoteColumns = `id, tenant_key, version, pinned, sealed, created_at, updated_at, trashed_at`

	beforeReadsNote = `SELECT ` + beforeNoteColumns + ` FROM notes
	WHERE user_id = $1 AND ($2 = '' OR tenant_key = $2) AND id = $3 AND deleted_at IS NULL`

	beforeOwnSpace = `(SELECT count(*) AS notes, coalesce(sum(octet_length(sealed)), 0) AS bytes FROM notes
			WHERE user_id = $1 AND tenant_key = $2 AND trashed_at IS NULL AND deleted_at IS NULL
		UNION ALL SELECT count(*), coalesce(sum(octet_length(sealed)), 0) FROM notes
			WHERE user_id = $1 AND tenant_key = $2 AND trashed_at IS NOT NULL AND deleted_at IS NULL) own`

	beforeCreatesNote = `INSERT INTO notes (user_id, id, tenant_key, pinned, sealed)
	SELECT $1::uuid, $3::uuid, $2::text, $4::boolean, $5::bytea
	WHERE (SELECT sum(notes) < $6 AND sum(bytes) + octet_length($5::bytea) <= $7 FROM ` + beforeOwnSpace + `)
	ON CONFLICT (user_id, id) DO NOTHING
	RETURNING ` + beforeNoteColumns

	beforeUpdatesNote = `UPDATE notes SET version = version + 1, pinned = $5, sealed = $6::bytea, updated_at = now()
	WHERE user_id = $1 AND tenant_key = $2 AND id = $3 AND version = $4 AND deleted_at IS NULL
	AND (octet_length($6::bytea) <= octet_length(sealed)
		OR (SELECT sum(bytes) FROM ` + beforeOwnSpace + `) - octet_length(sealed) + octet_length($6::bytea) <= $7)
	RETURNING ` + beforeNoteColumns

	beforeTrashesNote = `UPDATE notes SET trashed_at = coalesce(trashed_at, now())
		WHERE user_id = $1 AND ($2 = '' OR tenant_key = $2) AND id = $3 AND deleted_at IS NULL
		RETURNING ` + beforeNoteColumns

	beforeDeletesNote = `UPDATE notes SET deleted_at = now(), sealed = NULL, pinned = false
				WHERE user_id = $1 AND ($2 = '' OR tenant_key = $2) AND id = $3 AND deleted_at IS NULL RETURNING tenant_key`
)

// A nodeBefore is a connection of a node of the release before.
type nodeBefore struct{ *pgx.Conn }

// startBefore makes a database with the migrations of the release before, connects one of its nodes, and applies the
// migrations of this release beside it.
func startBefore(t *testing.T) (*dbtest.Database, nodeBefore) {
	t.Helper()
	url := dbtest.EmptyURL(t)
	must(t, db.MigrateBefore(t.Context(), url, releaseBefore))
	config, err := pgx.ParseConfig(url)
	must(t, err)
	config.RuntimeParams["application_name"] = "aside sealed"
	c, err := pgx.ConnectConfig(t.Context(), config)
	must(t, err)
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	_, err = c.Exec(t.Context(), `SET ROLE aside_app`)
	must(t, err)
	_, err = db.Migrate(t.Context(), url)
	must(t, err)
	return dbtest.Open(t, url, db.Options{MaxConns: 8, SessionCache: -1}), nodeBefore{c}
}

// presented is what the release before presents of a session.
func presented(token db.TokenHash, jkt string) string { return hex.EncodeToString(token[:]) + jkt }

// run sends a statement after another one, in one implicit transaction, and returns the number of its rows and the first.
func (n nodeBefore) run(t *testing.T, first string, setting []any, statement string, args ...any) (rows int64, row []any) {
	t.Helper()
	b := &pgx.Batch{}
	b.Queue(first, setting...)
	b.Queue(statement, args...)
	results := n.SendBatch(t.Context(), b)
	_, err := results.Exec()
	must(t, err)
	found, err := results.Query()
	must(t, err)
	for found.Next() {
		if row == nil {
			row, err = found.Values()
			must(t, err)
		}
	}
	must(t, found.Err())
	must(t, results.Close())
	return found.CommandTag().RowsAffected(), row
}

func (n nodeBefore) asPerson(t *testing.T, setting, statement string, args ...any) (int64, []any) {
	t.Helper()
	return n.run(t, beforePresents, []any{setting}, statement, args...)
}

func (n nodeBefore) asAuthority(t *testing.T, statement string, args ...any) (int64, []any) {
	t.Helper()
	return n.run(t, beforeBecomesAuth, nil, statement, args...)
}

// sees fails unless the older node finds a live session, and reads and changes a note of its person with it.
func (n nodeBefore) sees(t *testing.T, token db.TokenHash, jkt string, user uuid.UUID, tenantKey string, note uuid.UUID) {
	t.Helper()
	setting := presented(token, jkt)
	rows, session := n.asPerson(t, setting, beforeReadsSession)
	if rows != 1 || session[2] != [16]byte(user) {
		t.Fatalf("the older node finds %d sessions, %v", rows, session)
	}
	if rows, _ := n.run(t, `SELECT 1`, nil, beforeStillLive, []string{uuid.UUID(session[0].([16]byte)).String()}); rows != 1 {
		t.Error("the older node takes the session for ended")
	}
	if rows, _ := n.asPerson(t, setting, beforeReadsNote, user, tenantKey, note); rows != 1 {
		t.Errorf("the older node reads %d notes", rows)
	}
	if rows, _ := n.asPerson(t, setting, beforeTrashesNote, user, tenantKey, note); rows != 1 {
		t.Errorf("the older node trashes %d notes", rows)
	}
}

// While nodes are replaced, those of the release before and of this one serve the same people.
func TestNodesOfTwoReleasesServeTheSamePeople(t *testing.T) {
	d, older := startBefore(t)
	if left, err := d.DB.Applied(t.Context(), "20261129001910"); err != nil || left {
		t.Fatalf("the contract migration was applied beside an older node: %v", err)
	}
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	ours := alice.WidgetToken(t, shop)
	widget, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: ours}, dbtest.Key)
	must(t, err)
	n, err := d.DB.CreateNote(t.Context(), widget.Owner(), db.NewNote{Title: "ours"})
	must(t, err)

	// Sessions and notes of this release, on the older node.
	older.sees(t, ours, dbtest.Key, alice.ID, shop.Key, n.ID)
	older.sees(t, alice.Cookie, "", alice.ID, "", n.ID)

	// Sessions of the older node, on this release.
	var cookie, token db.TokenHash
	account, session := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	for _, h := range []*db.TokenHash{&cookie, &token} {
		copy(h[:], newMaster())
	}
	keys, err := d.DB.Passkeys(t.Context(), alice.ID)
	must(t, err)
	if rows, _ := older.asAuthority(t, beforeSignsIn, alice.ID, keys[0].CredentialID, int64(1), false, alice.Cookie[:], account, cookie[:], 1800.0, 43200.0,
		uuid.Must(uuid.NewV7()), "p_alice", "", newMaster(), 10, 3600.0); rows != 1 {
		t.Fatalf("%d sessions are made by the older node", rows)
	}
	if rows, _ := older.asAuthority(t, beforeMakesWidget, session, token[:], shop.Key, "https://shop.example", dbtest.Key, 7200.0, 43200.0, account); rows != 1 {
		t.Fatalf("%d widget sessions are made by the older node", rows)
	}
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: alice.Cookie}, ""); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("the session that the older node replaced: %v", err)
	}
	works := func(when string) {
		t.Helper()
		for jkt, token := range map[string]db.TokenHash{"": cookie, dbtest.Key: token} {
			s, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, jkt)
			if err != nil {
				t.Fatalf("%s: %v", when, err)
			}
			if page, _, err := d.DB.Notes(t.Context(), s.Owner(), db.NotesQuery{First: 10, Trashed: true}); err != nil || len(page) != 1 || page[0].Title != "ours" {
				t.Errorf("%s: the session of the older node reads %d notes, %v", when, len(page), err)
			}
		}
	}
	works("beside the older node")

	// Both touch it.
	d.Exec(t, `UPDATE sessions SET last_used_at = now() - interval '29 minutes', idle_until = now() - interval '29 minutes' + idle_timeout WHERE id = $1`, account)
	if rows, _ := older.asAuthority(t, beforeTouches, account); rows != 1 {
		t.Error("the older node does not touch its session")
	}
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM sessions WHERE id = $1 AND idle_until = last_used_at + idle_timeout AND idle_until > now()`, account); n != 1 {
		t.Error("the session that the older node touched ends too early for this release")
	}
	d.Exec(t, `UPDATE sessions SET last_used_at = now() - interval '5 minutes', idle_until = now() - interval '5 minutes' + idle_timeout WHERE id = $1`, account)
	_, err = d.DB.LookUpSession(t.Context(), db.Token{Hash: cookie}, "")
	must(t, err)
	if touched, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: cookie}, ""); err != nil || time.Since(touched.LastUsedAt) > time.Minute {
		t.Errorf("used at %v, %v", touched.LastUsedAt, err)
	}

	// The older node writes, and this release reads.
	id := uuid.Must(uuid.NewV7())
	sealer, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key)
	must(t, err)
	sealed := sealer.Owner().Sealed(shop.Key, id, 1, "theirs")
	if rows, _ := older.asPerson(t, presented(token, dbtest.Key), beforeCreatesNote, alice.ID, shop.Key, id, false, sealed, 5000, 1<<25); rows != 1 {
		t.Fatalf("the older node creates %d notes", rows)
	}
	if rows, _ := older.asPerson(t, presented(token, dbtest.Key), beforeUpdatesNote, alice.ID, shop.Key, id, 1, true, sealer.Owner().Sealed(shop.Key, id, 2, "theirs"), 1<<25); rows != 1 {
		t.Fatalf("the older node updates %d notes", rows)
	}
	if n, err := d.DB.Note(t.Context(), sealer.Owner(), id); err != nil || n.Title != "theirs" || n.Version != 2 {
		t.Errorf("the older node's note is %+v, %v", n, err)
	}
	if rows, _ := older.asPerson(t, presented(cookie, ""), beforeDeletesNote, alice.ID, "", id); rows != 1 {
		t.Error("the older node deletes nothing")
	}

	// The contract migrations wait for the older node, which may have to understand all tokens.
	random := d.DB.NewTokenSecret()
	if text := d.DB.TokenText(random, alice.ID).Reveal(); len(text) != 43 || text != random.Reveal() {
		t.Errorf("beside the older node a token is %s", text)
	}
	must(t, d.DB.Sweep(t.Context()))
	if yes, err := d.DB.Applied(t.Context(), "20261129001910"); err != nil || yes {
		t.Fatalf("the contract migration was applied beside an older node: %v", err)
	}
	works("after a sweep")
	must(t, older.Close(t.Context()))

	// They also wait for who holds a table for long, as a backup does, and requests don't.
	backup, err := d.Connect(t, d.Superuser()).Begin(t.Context())
	must(t, err)
	_, err = backup.Exec(t.Context(), `LOCK TABLE notes IN ACCESS SHARE MODE`)
	must(t, err)
	must(t, d.DB.Sweep(t.Context()))
	if yes, err := d.DB.Applied(t.Context(), "20261129001910"); err != nil || yes {
		t.Fatalf("the contract migration was applied to a locked table: %v", err)
	}
	works("beside a backup")
	must(t, backup.Rollback(t.Context()))
	eventually(t, "the contract migration is applied", func() bool { // the server notices the end of the connection a moment later
		must(t, d.DB.Sweep(t.Context()))
		yes, err := d.DB.Applied(t.Context(), "20261129001910")
		must(t, err)
		return yes
	})
	works("after the older node")
	if parsed, err := d.DB.ParseToken(d.DB.TokenText(d.DB.NewTokenSecret(), alice.ID)); err != nil || parsed.User != alice.ID {
		t.Errorf("after the older node a token is %v, %v", parsed, err)
	}
	must(t, d.DB.SignOut(t.Context(), db.Token{Hash: token}, ""))
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: cookie}, ""); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("after the sign-out the account session is %v", err)
	}
}

// A node of the release before ends a chain of sessions that this release made.
func TestTheReleaseBeforeEndsOurSessions(t *testing.T) {
	d, older := startBefore(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	widget := alice.Widget(t, shop)
	if rows, _ := older.asAuthority(t, beforeRevokesChain, widget.ID); rows != 2 {
		t.Errorf("it ends %d sessions", rows)
	}
	if _, _, err := d.DB.Notes(t.Context(), widget.Owner(), db.NotesQuery{First: 1}); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("the widget: %v", err)
	}
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: alice.Cookie}, ""); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("the account: %v", err)
	}
}
