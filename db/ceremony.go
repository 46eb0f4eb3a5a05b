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
	CeremonyConfirmation CeremonyKind = "confirmation" // a passkey verified again, for a live session
	CeremonyRecovery     CeremonyKind = "recovery"     // a passkey for a person with a recovery code
)

// ceremonyData is the sealed field for what StartCeremony stores.
const ceremonyData seal.Field = "ceremonies.session_data"

const insertCeremony = `INSERT INTO ceremonies (id_hash, browser_hash, kind, user_id, session_data, expires_at)
	VALUES ($1, $2, $3, $4, $5::text::jsonb, now() + make_interval(secs => $6))`

// StartCeremony stores the server's side of a ceremony, for one use in one browser. user is the person's id,
// or uuid.Nil while it is unknown. data is JSON.
func (d *DB) StartCeremony(ctx context.Context, kind CeremonyKind, user uuid.UUID, id, browser TokenHash, data []byte, lifetime time.Duration) (err error) {
	defer place(&err, "db.StartCeremony")
	if !d.storesPlaintext() { // it contains the name of a person who registers
		sealed := ceremonyData.Seal(d.visitorKey(""), "", id[:], string(data))
		data = strconv.AppendQuote(nil, base64.StdEncoding.EncodeToString(sealed))
	}
	_, err = d.execAsAuthority(ctx, insertCeremony, id[:], browser[:], string(kind), pgtype.UUID{Bytes: user, Valid: user != uuid.Nil}, string(data), lifetime.Seconds())
	return err
}

const takeCeremony = `DELETE FROM ceremonies WHERE id_hash = $1 AND browser_hash = $2 AND kind = $3 AND expires_at > now()
	RETURNING session_data::text`

// TakeCeremony deletes what StartCeremony stored and returns it. It does so before anything is verified, so
// that only one of two answers to a challenge is accepted. It returns CodeGone when that browser has no live
// ceremony of that kind.
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
