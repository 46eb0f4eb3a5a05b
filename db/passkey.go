package db

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/company-a/aside/db/seal"
)

// A Passkey is a WebAuthn credential record (WebAuthn L3 §4) of one user.
type Passkey struct {
	ID             uuid.UUID // internal id, chosen by NewPasskeyID; it and the next three fields are set by Passkeys
	Name           string    // the owner's name for it; "" for none
	CreatedAt      time.Time
	LastUsedAt     *time.Time
	CredentialID   []byte
	PublicKey      []byte // COSE
	AAGUID         []byte
	Transports     []string
	SignCount      uint32
	BackupEligible bool
	BackedUp       bool
	Wrap           *NewKeyWrap // of a passkey that is added or used: the content key, to be stored; nil for none
	Device         string      // the browser and system that created it; "" if unknown
}

// NewPasskeyID returns an id for a passkey that is about to be made.
func (d *DB) NewPasskeyID() uuid.UUID { return newID() }

// ErrUnknownPasskey is returned for a credential that belongs to no account.
var ErrUnknownPasskey error = &Error{Code: CodeNotFound, Message: "This passkey doesn't match any account here. Create an account or use another passkey."}

func (d *DB) passkeysOf(ctx context.Context, tx authorityTx, user uuid.UUID) (list []Passkey, err error) {
	var names []storedName
	rows, err := tx.QueryContext(ctx, `SELECT id, name, sealed_name, credential_id, public_key, aaguid, transports, sign_count, backup_eligible, backed_up,
		created_at, last_used_at, coalesce(device, '') FROM passkeys WHERE user_id = ? ORDER BY id`, user)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		p, name := Passkey{}, storedName{}
		if err := rows.Scan(&p.ID, &name.plaintext, &name.sealed, &p.CredentialID, &p.PublicKey, &p.AAGUID, pgdialect.Array(&p.Transports),
			&p.SignCount, &p.BackupEligible, &p.BackedUp, &p.CreatedAt, &p.LastUsedAt, &p.Device); err != nil {
			return nil, err
		}
		list, names = append(list, p), append(names, name)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return list, d.namePasskeys(ctx, tx, user, list, names)
}

// namePasskeys fills in the names of a person's passkeys.
func (d *DB) namePasskeys(ctx context.Context, tx authorityTx, user uuid.UUID, list []Passkey, names []storedName) (err error) {
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

// usePasskey records a use of one of user's passkeys and returns its id. It returns ErrUnknownPasskey
// if user has no such passkey.
func usePasskey(ctx context.Context, tx authorityTx, user uuid.UUID, p Passkey) (id uuid.UUID, err error) {
	// WebAuthn L3 §7.2 step 24: store the sign count and the backup state.
	err = tx.NewRaw(`UPDATE passkeys SET sign_count = ?, backed_up = ?, last_used_at = now()
		WHERE user_id = ? AND credential_id = ? RETURNING id`,
		int64(p.SignCount), p.BackedUp, user, p.CredentialID).Scan(ctx, &id)
	return id, ifNoRows(err, ErrUnknownPasskey)
}

func insertPasskey(ctx context.Context, tx authorityTx, user uuid.UUID, p Passkey) (id uuid.UUID, err error) {
	if id = p.ID; id == uuid.Nil {
		id = newID()
	}
	_, err = tx.NewRaw(`INSERT INTO passkeys (id, user_id, credential_id, public_key, aaguid, transports, sign_count, backup_eligible, backed_up, device)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, user, p.CredentialID, p.PublicKey, p.AAGUID, pgdialect.Array(p.Transports), int64(p.SignCount),
		p.BackupEligible, p.BackedUp, nullString(p.Device)).Exec(ctx)
	if err == nil {
		_, err = tx.NewRaw(`INSERT INTO credentials (credential_id, user_id) VALUES (?, ?)`, p.CredentialID, user).Exec(ctx)
	}
	if isSQLState(err, uniqueViolation) { // WebAuthn L3 §7.1 step 26
		err = &Error{Code: CodeConflict, Reason: "passkey_known", Message: "This passkey already has an account. Sign in with it."}
	}
	return id, err
}

// MaxPasskeys is how many passkeys one account may have: more than anybody has devices.
const MaxPasskeys = 30

// Passkeys lists a person's passkeys, the oldest first.
func (d *DB) Passkeys(ctx context.Context, user uuid.UUID) (list []Passkey, err error) {
	defer place(&err, "db.Passkeys")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		list, err = d.passkeysOf(ctx, tx, user)
		return err
	})
	return list, err
}

// OnlyOnePasskey reports whether one passkey is the only way into a person's account: there is no second one, and no unused recovery
// code.
func (d *DB) OnlyOnePasskey(ctx context.Context, user uuid.UUID) (only bool, err error) {
	defer place(&err, "db.OnlyOnePasskey")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT (SELECT count(*) FROM passkeys WHERE user_id = ?0) = 1
			AND NOT EXISTS (SELECT FROM recovery_codes WHERE user_id = ?0 AND expires_at IS NULL)`, user).Scan(ctx, &only)
	})
	return only, err
}

// AddPasskey adds a new passkey to the account of an account session. It returns CodeConflict if an
// account already has the credential, or if this account has MaxPasskeys.
func (d *DB) AddPasskey(ctx context.Context, s *Session, p Passkey) (id uuid.UUID, err error) {
	defer place(&err, "db.AddPasskey")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		if err := lockSession(ctx, tx, s); err != nil {
			return err
		}
		var there int
		if err := tx.NewRaw(`SELECT count(*) FROM passkeys WHERE user_id = ?`, s.UserID).Scan(ctx, &there); err != nil {
			return err
		}
		if there >= MaxPasskeys {
			return &Error{Code: CodeConflict, Reason: "too_many_passkeys", Message: "This account already has 30 passkeys. Remove any that you no longer use."}
		}
		if id, err = insertPasskey(ctx, tx, s.UserID, p); err != nil {
			return err
		}
		if err := storePasskeyWrap(ctx, tx, s.owner.key, s.UserID, id, p.Wrap); err != nil {
			return err
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: "passkey.added", Target: id.String()})
	})
	return id, err
}

// RenamePasskey changes the name of one of the person's passkeys: 1 to 80 characters. It returns
// CodeNotFound for a passkey of another person.
func (d *DB) RenamePasskey(ctx context.Context, s *Session, id uuid.UUID, name string) (_ *Passkey, err error) {
	defer place(&err, "db.RenamePasskey")
	name, err = CheckName("name", name)
	if err != nil {
		return nil, err
	}
	if err := s.owner.valid(); err != nil {
		return nil, err
	}
	var renamed *Passkey
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		if err := lockSession(ctx, tx, s); err != nil {
			return err
		}
		k := d.storeName(s.owner.key, passkeyName, id, name)
		err := requireRow(tx.NewRaw(`UPDATE passkeys SET name = coalesce(?, ''), sealed_name = ? WHERE id = ? AND user_id = ?`,
			k.plaintext, nullBytes(k.sealed), id, s.UserID).Exec(ctx))
		if err != nil {
			return err
		}
		list, err := d.passkeysOf(ctx, tx, s.UserID)
		if err != nil {
			return err
		}
		for i := range list {
			if list[i].ID == id {
				renamed = &list[i]
			}
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: "passkey.renamed", Target: id.String()})
	})
	return renamed, err
}

var errLastPasskey = &Error{Code: CodeConflict, Reason: "last_passkey", Message: "This is the only way into your account. Add another passkey or get recovery codes first."}

// DeletePasskey deletes one of the person's passkeys. It ends the sessions that the passkey opened,
// with their chains. The session must be confirmed. It returns CodeNotFound for a passkey of another
// person, and CodeConflict for the last passkey of an account without recovery codes, or the last one that opens its notes.
func (d *DB) DeletePasskey(ctx context.Context, s *Session, id uuid.UUID) (err error) {
	defer place(&err, "db.DeletePasskey")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := requireConfirmation(ctx, tx, s); err != nil {
			return err
		}
		var credential []byte
		err := tx.NewRaw(`DELETE FROM passkeys WHERE id = ? AND user_id = ? RETURNING credential_id`, id, s.UserID).Scan(ctx, &credential)
		if err != nil {
			return ifNoRows(err, errNotFound)
		}
		if err := deleteCredentials(ctx, tx, credential); err != nil {
			return err
		}
		if err := deletePasskeyWrap(ctx, tx, s.UserID, id); err != nil {
			return err
		}
		if err := requireOtherWrap(ctx, tx, s.UserID); err != nil {
			return err
		}
		var open bool
		err = tx.NewRaw(`SELECT EXISTS (SELECT FROM passkeys WHERE user_id = ?0)
			OR EXISTS (SELECT FROM recovery_codes WHERE user_id = ?0 AND expires_at IS NULL)`, s.UserID).Scan(ctx, &open)
		if err != nil {
			return err
		}
		if !open {
			return errLastPasskey
		}
		// A session from an older release does not name its passkey.
		if _, err := endSessions(ctx, tx, s.UserID, `passkey_id = ? OR passkey_id IS NULL`, id); err != nil {
			return err
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: "passkey.removed", Target: id.String()})
	})
}
