package db

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/company-a/aside/db/seal"
)

// A Passkey is a WebAuthn credential record (WebAuthn L3 §4) of one user.
type Passkey struct {
	ID             uuid.UUID // ours, and the next three: set by Passkeys
	Name           string    // what its owner calls it; "" for none
	CreatedAt      time.Time
	LastUsedAt     *time.Time
	CredentialID   []byte
	PublicKey      []byte // COSE
	AAGUID         []byte
	Transports     []string
	SignCount      uint32
	BackupEligible bool
	BackedUp       bool
}

// A PasskeyUser is what a sign-in must know of a user before it has one.
type PasskeyUser struct {
	ID          uuid.UUID
	Handle      []byte
	DisplayName string
	CreatedAt   time.Time // set by PasskeyUser
	Passkeys    []Passkey
}

// Holds reports whether one of the user's passkeys has that credential id.
func (u *PasskeyUser) Holds(credentialID []byte) bool {
	return slices.ContainsFunc(u.Passkeys, func(p Passkey) bool { return bytes.Equal(p.CredentialID, credentialID) })
}

// ErrUnknownPasskey is returned for a credential that belongs to no account.
var ErrUnknownPasskey error = &Error{Code: CodeNotFound, Message: "This passkey belongs to no account here. Create an account, or use another passkey."}

const selectUserByHandle = `SELECT u.id, u.display_name, u.sealed_name, u.data_key, p.credential_id, p.public_key, p.aaguid, p.transports, p.sign_count, p.backup_eligible, p.backed_up
	FROM users u JOIN passkeys p ON p.user_id = u.id WHERE u.handle = $1 ORDER BY p.id`

// PasskeyUserByHandle finds the user of a WebAuthn user handle with all passkeys.
// It returns ErrUnknownPasskey when there is none.
func (d *DB) PasskeyUserByHandle(ctx context.Context, handle []byte) (*PasskeyUser, error) {
	results, err := d.deciding(ctx, func(b *pgx.Batch) { b.Queue(selectUserByHandle, handle) })
	if err != nil {
		return nil, err
	}
	defer func() { _ = results.Close() }()
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	u := &PasskeyUser{Handle: handle}
	var name storedName
	var dataKey []byte
	for rows.Next() {
		var p Passkey
		if err := rows.Scan(&u.ID, &name.clear, &name.sealed, &dataKey, &p.CredentialID, &p.PublicKey, &p.AAGUID, &p.Transports,
			&p.SignCount, &p.BackupEligible, &p.BackedUp); err != nil {
			return nil, err
		}
		u.Passkeys = append(u.Passkeys, p)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if u.Passkeys == nil {
		return nil, ErrUnknownPasskey
	}
	rows.Close()
	if err := results.Close(); err != nil { // before anything is audited: that takes a connection
		return nil, err
	}
	u.DisplayName, err = d.openUserName(ctx, u.ID, name, dataKey)
	return u, err
}

// PasskeyUser is PasskeyUserByHandle for a user who is known, and who may have no passkey left.
// It returns ErrNoSession for an account that is gone.
func (d *DB) PasskeyUser(ctx context.Context, id uuid.UUID) (*PasskeyUser, error) {
	u := PasskeyUser{ID: id}
	err := d.auth(ctx, func(tx bun.Tx) error {
		var name storedName
		var dataKey []byte
		err := tx.NewRaw(`SELECT handle, display_name, sealed_name, data_key, created_at FROM users WHERE id = ?`, id).
			Scan(ctx, &u.Handle, &name.clear, &name.sealed, &dataKey, &u.CreatedAt)
		if err != nil {
			return noRows(err, ErrNoSession)
		}
		if u.DisplayName, err = d.openUserName(ctx, id, name, dataKey); err != nil {
			return err
		}
		u.Passkeys, err = d.passkeysOf(ctx, tx, u.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &u, nil
}

func (d *DB) passkeysOf(ctx context.Context, tx bun.Tx, user uuid.UUID) (list []Passkey, err error) {
	var names []storedName
	rows, err := tx.QueryContext(ctx, `SELECT id, name, sealed_name, credential_id, public_key, aaguid, transports, sign_count, backup_eligible, backed_up,
		created_at, last_used_at FROM passkeys WHERE user_id = ? ORDER BY id`, user)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		p, name := Passkey{}, storedName{}
		if err := rows.Scan(&p.ID, &name.clear, &name.sealed, &p.CredentialID, &p.PublicKey, &p.AAGUID, pgdialect.Array(&p.Transports),
			&p.SignCount, &p.BackupEligible, &p.BackedUp, &p.CreatedAt, &p.LastUsedAt); err != nil {
			return nil, err
		}
		list, names = append(list, p), append(names, name)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return list, d.namePasskeys(ctx, tx, user, list, names)
}

// namePasskeys fills in what a person calls their passkeys.
func (d *DB) namePasskeys(ctx context.Context, tx bun.Tx, user uuid.UUID, list []Passkey, names []storedName) (err error) {
	var key seal.Key
	if slices.ContainsFunc(names, func(n storedName) bool { return n.sealed != nil }) {
		var dataKey []byte
		if err := tx.NewRaw(`SELECT data_key FROM users WHERE id = ?`, user).Scan(ctx, &dataKey); err != nil {
			return err
		}
		if key, err = d.dataKey(ctx, user, dataKey); err != nil {
			return err
		}
	}
	for i := range list {
		if list[i].Name, err = d.openName(ctx, key, passkeyName, list[i].ID, names[i]); err != nil {
			return err
		}
	}
	return nil
}

// WebAuthn L3 §7.2 step 24: sign count and backup state are written back.
const signIn = `WITH met AS (
		SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE
	), used AS (
		UPDATE passkeys p SET sign_count = $3, backed_up = $4, last_used_at = now()
		FROM met WHERE p.user_id = met.id AND credential_id = $2 RETURNING p.user_id, p.id
	), replaced AS (
		UPDATE sessions s SET revoked_at = coalesce(s.revoked_at, now()) FROM used WHERE s.token_hash = $5 RETURNING s.user_id, s.chain_id
	), noted AS (
		INSERT INTO audit_events (id, actor, action, target, ip)
		SELECT $10, $11, 'account.signed_in', id::text, $12 FROM used WHERE count_try($13, $14, $15) = 0
	)
	INSERT INTO sessions (id, kind, token_hash, user_id, chain_id, passkey_id, confirmed_at, idle_timeout, expires_at)
	SELECT $6, 'ACCOUNT', $7, user_id, coalesce((SELECT r.chain_id FROM replaced r WHERE r.user_id = used.user_id), $6), id,
		now(), make_interval(secs => $8), now() + make_interval(secs => $9) FROM used`

// SignIn records the use of a passkey that has just been verified and makes an account
// session; the audit log is told, of so many an hour. replaces, when given, is the token of the
// session that this browser held before: it ends, so that the cookie's value changes at each
// sign-in (CVE-2024-28197), and the new one continues its chain; of another person the whole chain
// ends. It returns ErrUnknownPasskey when the passkey was removed meanwhile.
func (d *DB) SignIn(ctx context.Context, user uuid.UUID, p Passkey, s NewSession, replaces *TokenHash) error {
	var before []byte
	if replaces != nil {
		defer d.sessions.forget()
		before = replaces[:]
	}
	keys, counts, spans := d.counted(1, []Try{entries.By(user.String(), "account.signed_in")})
	results, err := d.deciding(ctx, func(b *pgx.Batch) {
		b.Queue(lockReplaced, user, before)
		b.Queue(signIn, user, p.CredentialID, int64(p.SignCount), p.BackedUp,
			before, newID(), s.Token[:], s.Idle.Seconds(), s.Lifetime.Seconds(),
			newID(), d.Pseudonym(user), network(s.From), keys[0], counts[0], spans[0])
		b.Queue(endReplaced, user, before)
		b.Queue(endOldest, user, MaxSessions)
	})
	if err != nil {
		return err
	}
	_, locked := results.Exec()
	made, signedIn := results.Exec()
	_, ended := results.Exec()
	oldest, capped := results.Exec()
	if err := errors.Join(locked, signedIn, ended, capped, results.Close()); err != nil {
		return err
	}
	if oldest.RowsAffected() > 0 {
		d.sessions.forget()
	}
	if made.RowsAffected() == 0 {
		return ErrUnknownPasskey
	}
	return nil
}

// usePasskey records a use of a passkey of user's and gives its id. It returns
// ErrUnknownPasskey when user has no such passkey.
func usePasskey(ctx context.Context, tx bun.Tx, user uuid.UUID, p Passkey) (id uuid.UUID, err error) {
	// WebAuthn L3 §7.2 step 24: sign count and backup state are written back.
	err = tx.NewRaw(`UPDATE passkeys SET sign_count = ?, backed_up = ?, last_used_at = now()
		WHERE user_id = ? AND credential_id = ? RETURNING id`,
		int64(p.SignCount), p.BackedUp, user, p.CredentialID).Scan(ctx, &id)
	return id, noRows(err, ErrUnknownPasskey)
}

func insertPasskey(ctx context.Context, tx bun.Tx, user uuid.UUID, p Passkey) (id uuid.UUID, err error) {
	id = newID()
	_, err = tx.NewRaw(`INSERT INTO passkeys (id, user_id, credential_id, public_key, aaguid, transports, sign_count, backup_eligible, backed_up)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, user, p.CredentialID, p.PublicKey, p.AAGUID, pgdialect.Array(p.Transports), int64(p.SignCount),
		p.BackupEligible, p.BackedUp).Exec(ctx)
	if isSQLState(err, uniqueViolation) { // WebAuthn L3 §7.1 step 26
		err = &Error{Code: CodeConflict, Message: "This passkey belongs to an account already. Sign in with it."}
	}
	return id, err
}
