package db

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/company-a/aside/db/seal"
)

// A CeremonyKind says what a WebAuthn ceremony is for.
type CeremonyKind string

// The kinds of ceremony.
const (
	CeremonyRegistration CeremonyKind = "registration"
	CeremonyLogin        CeremonyKind = "login"
	CeremonyAddition     CeremonyKind = "addition"     // one more passkey
	CeremonyConfirmation CeremonyKind = "confirmation" // a fresh passkey for a session that is there
	CeremonyRecovery     CeremonyKind = "recovery"     // a passkey for whoever has a recovery code
)

// ceremonyData is the sealed field of what StartCeremony stores.
const ceremonyData seal.Field = "ceremonies.session_data"

const insertCeremony = `INSERT INTO ceremonies (id_hash, browser_hash, kind, user_id, session_data, expires_at)
	VALUES ($1, $2, $3, $4, $5::text::jsonb, now() + make_interval(secs => $6))`

// StartCeremony keeps the server's side of a ceremony for one use in one browser.
// user is whose it is, uuid.Nil where that is still to be found out; data is JSON.
func (d *DB) StartCeremony(ctx context.Context, kind CeremonyKind, user uuid.UUID, id, browser TokenHash, data []byte, lifetime time.Duration) (err error) {
	defer place(&err, "db.StartCeremony")
	if !d.inTheClear() { // the name of who registers is in it
		sealed := ceremonyData.Seal(d.visitorKey(""), "", id[:], string(data))
		data = strconv.AppendQuote(nil, base64.StdEncoding.EncodeToString(sealed))
	}
	_, err = d.execAsAuthority(ctx, insertCeremony, id[:], browser[:], string(kind), pgtype.UUID{Bytes: user, Valid: user != uuid.Nil}, string(data), lifetime.Seconds())
	return err
}

const takeCeremony = `DELETE FROM ceremonies WHERE id_hash = $1 AND browser_hash = $2 AND kind = $3 AND expires_at > now()
	RETURNING session_data::text`

// TakeCeremony gives back what StartCeremony kept, once: it is gone before anything is
// verified, so that of two answers to one challenge one is refused. It returns CodeGone
// when there is no such ceremony of that kind in that browser, or no longer.
func (d *DB) TakeCeremony(ctx context.Context, kind CeremonyKind, id, browser TokenHash) (_ []byte, err error) {
	defer place(&err, "db.TakeCeremony")
	results, err := d.batchAsAuthority(ctx, func(b *pgx.Batch) { b.Queue(takeCeremony, id[:], browser[:], string(kind)) })
	if err != nil {
		return nil, err
	}
	var data []byte
	err = results.QueryRow().Scan(&data)
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, &Error{Code: CodeGone, Message: "This request expired or was already completed. Try again."}
	}
	if err == nil && data[0] == '"' {
		return d.openCeremony(ctx, id, data)
	}
	return data, err
}

func (d *DB) openCeremony(ctx context.Context, id TokenHash, kept []byte) ([]byte, error) {
	var data string
	sealed, err := base64.StdEncoding.DecodeString(string(bytes.Trim(kept, `"`)))
	if err != nil {
		err = seal.ErrUnsealed
	} else {
		err = ceremonyData.Open(d.visitorKey(""), "", id[:], sealed, &data)
	}
	return []byte(data), d.auditUnsealedField(ctx, err, ceremonyData, "", id[:])
}
