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
	"github.com/company-a/aside/internal/secret"
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

// A ceremony's state between its two requests is sealed and given to the browser. Nothing is stored when a ceremony
// starts, and its hash is stored among the spent proofs when it is answered: so a sign-in is one transaction, and each
// ceremony has one answer on all nodes. While a node of an earlier release is connected, which finds only ceremonies
// that are stored, this release stores them too.

// sealedCeremony is the sealed field for the browser. Its kind and its browser are authenticated with it.
const sealedCeremony seal.Field = "ceremony"

// ceremonyData is the sealed field for what StartCeremony stores.
const ceremonyData seal.Field = "ceremonies.session_data"

const insertCeremony = `INSERT INTO ceremonies (id_hash, browser_hash, kind, user_id, session_data, expires_at)
	VALUES ($1, $2, $3, $4, $5::text::jsonb, now() + make_interval(secs => $6))`

// StartCeremony returns the text with which a browser continues a ceremony, once. user is the person's id, or uuid.Nil
// while it is unknown. data is JSON.
func (d *DB) StartCeremony(ctx context.Context, kind CeremonyKind, user uuid.UUID, browser TokenHash, data []byte, lifetime time.Duration) (text secret.Text, err error) {
	defer place(&err, "db.StartCeremony")
	if d.contracted.Load() {
		end := strconv.FormatInt(time.Now().Add(lifetime).UnixMilli(), 10)
		sealed := sealedCeremony.Seal(d.ceremonyKey, string(kind), browser[:], end, string(data))
		return secret.Of(base64.RawURLEncoding.EncodeToString(sealed)), nil
	}
	text = secret.New()
	id := HashToken(text.Reveal())
	if !d.storesPlaintext() { // it contains the name of a person who registers
		sealed := ceremonyData.Seal(d.visitorKey(""), "", id[:], string(data))
		data = strconv.AppendQuote(nil, base64.StdEncoding.EncodeToString(sealed))
	}
	_, err = d.execAsAuthority(ctx, insertCeremony, id[:], browser[:], string(kind), pgtype.UUID{Bytes: user, Valid: user != uuid.Nil}, string(data), lifetime.Seconds())
	return text, err
}

// A Ceremony is one that is answered.
type Ceremony struct {
	Data  []byte // what was given to StartCeremony
	hash  TokenHash
	end   time.Time
	spent bool
}

var errCeremonyGone = &Error{Code: CodeGone, Message: "This request expired or was already completed. Try again."}

// TakeCeremony returns the ceremony of a text. It returns CodeGone when that browser has no live ceremony of that kind.
// Of several answers to a ceremony only one may be accepted: SignIn spends the ceremony of a login, or SpendCeremony
// does if the answer is refused. A ceremony of another kind is spent here, before anything is verified.
func (d *DB) TakeCeremony(ctx context.Context, kind CeremonyKind, text secret.Text, browser TokenHash) (_ *Ceremony, err error) {
	defer place(&err, "db.TakeCeremony")
	if c := d.openCeremony(kind, text, browser); c != nil {
		if !time.Now().Before(c.end) {
			return nil, errCeremonyGone
		}
		if kind != CeremonyLogin {
			err = d.SpendCeremony(ctx, c)
		}
		return c, err
	}
	return d.takeStored(ctx, kind, HashToken(text.Reveal()), browser)
}

// openCeremony returns a ceremony that was sealed, or nil. One ceremony has one text.
func (d *DB) openCeremony(kind CeremonyKind, text secret.Text, browser TokenHash) *Ceremony {
	sealed, err := base64.RawURLEncoding.DecodeString(text.Reveal())
	if err != nil || base64.RawURLEncoding.EncodeToString(sealed) != text.Reveal() {
		return nil
	}
	var end, data string
	if err := sealedCeremony.Open(d.ceremonyKey, string(kind), browser[:], sealed, &end, &data); err != nil {
		return nil
	}
	at, err := strconv.ParseInt(end, 10, 64)
	if err != nil {
		return nil
	}
	return &Ceremony{Data: []byte(data), hash: HashToken("ceremony\x00" + string(sealed)), end: time.UnixMilli(at)}
}

// The hash is kept longer than the slowest clock of a node accepts the ceremony.
const (
	spendCeremony = `INSERT INTO spent_proofs (proof_hash, expires_at) VALUES ($1, $2)`
	spentCeremony = 10 * time.Minute
)

// SpendCeremony makes sure that a ceremony is not answered again. It returns CodeGone if it was answered before.
func (d *DB) SpendCeremony(ctx context.Context, c *Ceremony) (err error) {
	defer place(&err, "db.SpendCeremony")
	if c.spent {
		return nil
	}
	inserted, err := d.execAsAuthority(ctx, spendCeremony+` ON CONFLICT DO NOTHING`, c.hash[:], c.end.Add(spentCeremony))
	if err == nil && inserted == 0 {
		err = errCeremonyGone
	}
	c.spent = err == nil
	return err
}

const takeCeremony = `DELETE FROM ceremonies WHERE id_hash = $1 AND browser_hash = $2 AND kind = $3 AND expires_at > now()
	RETURNING session_data::text`

// takeStored deletes a ceremony that was stored, and returns it.
func (d *DB) takeStored(ctx context.Context, kind CeremonyKind, id, browser TokenHash) (*Ceremony, error) {
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
		return nil, errCeremonyGone
	}
	if err == nil && data[0] == '"' {
		data, err = d.openStored(ctx, id, data)
	}
	return &Ceremony{Data: data, spent: true}, err
}

func (d *DB) openStored(ctx context.Context, id TokenHash, kept []byte) ([]byte, error) {
	var data string
	sealed, err := base64.StdEncoding.DecodeString(string(bytes.Trim(kept, `"`)))
	if err != nil {
		err = seal.ErrUnsealed
	} else {
		err = ceremonyData.Open(d.visitorKey(""), "", id[:], sealed, &data)
	}
	return []byte(data), d.auditUnsealedField(ctx, err, ceremonyData, "", id[:])
}
