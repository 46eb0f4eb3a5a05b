package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"
)

// A CeremonyKind says what a WebAuthn ceremony is for.
type CeremonyKind string

// The kinds of ceremony.
const (
	CeremonyRegistration CeremonyKind = "registration"
	CeremonyLogin        CeremonyKind = "login"
)

// StartCeremony keeps the server's side of a ceremony for one use in one browser.
// data is JSON.
func (d *DB) StartCeremony(ctx context.Context, kind CeremonyKind, id, browser TokenHash, data []byte, lifetime time.Duration) error {
	return d.auth(ctx, func(tx bun.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO ceremonies (id_hash, browser_hash, kind, session_data, expires_at)
			VALUES (?, ?, ?, ?::jsonb, now() + make_interval(secs => ?))`,
			id[:], browser[:], string(kind), string(data), lifetime.Seconds()).Exec(ctx)
		return err
	})
}

// TakeCeremony gives back what StartCeremony kept, once: it is gone before anything is
// verified, so that of two answers to one challenge one is refused. It returns CodeGone
// when there is no such ceremony of that kind in that browser, or no longer.
func (d *DB) TakeCeremony(ctx context.Context, kind CeremonyKind, id, browser TokenHash) ([]byte, error) {
	var data string
	err := d.auth(ctx, func(tx bun.Tx) error {
		return tx.NewRaw(`DELETE FROM ceremonies WHERE id_hash = ? AND browser_hash = ? AND kind = ? AND expires_at > now()
			RETURNING session_data::text`, id[:], browser[:], string(kind)).Scan(ctx, &data)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &Error{Code: CodeGone, Message: "This took too long, or was answered before. Try again."}
	}
	return []byte(data), err
}
