package db_test

import (
	"context"
	"crypto/rand"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/seal"
)

// An earlierRelease is a database that a node of the earlier release uses too, so that no contract migration is
// applied. The methods of the node are that release's own statements.
type earlierRelease struct {
	*dbtest.Database
	node *pgx.Conn
}

// startEarlierRelease makes a database of the earlier release, lets before write to it, and migrates it.
func startEarlierRelease(t *testing.T, before func(*earlierRelease)) *earlierRelease {
	t.Helper()
	e := &earlierRelease{Database: dbtest.At(t, dbtest.EmptyURL(t))}
	must(t, db.MigrateBefore(t.Context(), e.URL, releaseBefore))
	e.Master = newMaster()
	e.Keys = keyringOf(t, e.Master)
	config, err := pgx.ParseConfig(e.URL)
	must(t, err)
	config.RuntimeParams["application_name"] = "aside sealed"
	e.node, err = pgx.ConnectConfig(t.Context(), config)
	must(t, err)
	t.Cleanup(func() { _ = e.node.Close(context.Background()) })
	if before != nil {
		before(e)
	}
	_, err = db.Migrate(t.Context(), e.URL)
	must(t, err)
	e.DB = e.Node(t, db.Options{MaxConns: 8, SessionCache: -1})
	return e
}

// finish stops the earlier node and applies the contract migrations.
func (e *earlierRelease) finish(t *testing.T) {
	t.Helper()
	must(t, e.node.Close(t.Context()))
	for left := true; left; { // until PostgreSQL has noticed
		must(t, e.DB.Sweep(t.Context()))
		left = count(t, e.Connect(t, e.Superuser()), `SELECT count(*) FROM pg_constraint WHERE conname = 'passkeys_credential_id_key'`) > 0
	}
}

// act runs statements in one transaction of the earlier node.
func (e *earlierRelease) act(ctx context.Context, statements func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, e.node, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL ROLE aside_auth`); err != nil {
			return err
		}
		return statements(tx)
	})
}

func (e *earlierRelease) exec(ctx context.Context, statement string, args ...any) error {
	return e.act(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, statement, args...)
		return err
	})
}

const (
	earlierUser = `INSERT INTO users (id, handle, sealed_name, data_key, vouched_by, vouched_subject_hash) VALUES ($1, $2, $3, $4, $5, $6)`

	earlierPasskey = `INSERT INTO passkeys (id, user_id, credential_id, public_key, aaguid, transports, sign_count, backup_eligible, backed_up)
		VALUES (gen_random_uuid(), $1, $2, '\x01', '\x00', '{}', 0, false, false)`
	earlierLink = `INSERT INTO identities (id, tenant_key, user_id, subject, email, name, subject_hash, sealed_subject) VALUES ($1, $2, $3, NULL, '', '', $4, $5)
		ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, email = excluded.email, name = excluded.name,
			subject_hash = excluded.subject_hash, sealed_subject = excluded.sealed_subject`
)

// insertUser makes an account. tenantKey and hash are nil unless the tenant vouches for it.
func (e *earlierRelease) insertUser(ctx context.Context, tx pgx.Tx, user uuid.UUID, handle []byte, tenantKey any, hash []byte) error {
	key, dataKey, err := e.Keys.NewDataKey(ctx, user)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, earlierUser, user, handle, seal.Field("users.sealed_name").Seal(key, "", user[:], "Somebody"), dataKey, tenantKey, hash)
	return err
}

func randomHandle() []byte {
	handle := make([]byte, 64)
	_, _ = rand.Read(handle)
	return handle
}

// signUp makes an account with a passkey.
func (e *earlierRelease) signUp(ctx context.Context) (user uuid.UUID, handle, credential []byte, err error) {
	handle = randomHandle()
	user, credential, err = e.signUpWith(ctx, handle)
	return user, handle, credential, err
}

// signUpWith finishes a registration that any node has begun, with that handle.
func (e *earlierRelease) signUpWith(ctx context.Context, handle []byte) (user uuid.UUID, credential []byte, err error) {
	user, credential = uuid.Must(uuid.NewV7()), make([]byte, 32)
	_, _ = rand.Read(credential)
	err = e.act(ctx, func(tx pgx.Tx) (err error) {
		if err = e.insertUser(ctx, tx, user, handle, nil, nil); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, earlierPasskey, user, credential)
		return err
	})
	return user, credential, err
}

// vouch makes the account of a subject, unless there is one or it is linked.
func (e *earlierRelease) vouch(ctx context.Context, tenantKey, subject string) error {
	hash := e.DB.SubjectHash(tenantKey, subject)
	return e.act(ctx, func(tx pgx.Tx) error {
		var there bool
		err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM identities WHERE tenant_key = $1 AND subject_hash = $2)
			OR EXISTS (SELECT FROM users WHERE vouched_by = $1 AND vouched_subject_hash = $2)`, tenantKey, hash).Scan(&there)
		if err != nil || there {
			return err
		}
		return e.insertUser(ctx, tx, uuid.Must(uuid.NewV7()), randomHandle(), tenantKey, hash)
	})
}

// link links a subject, and merges the account that the tenant vouches for.
func (e *earlierRelease) link(ctx context.Context, user uuid.UUID, tenantKey, subject string) error {
	id, hash := uuid.Must(uuid.NewV7()), e.DB.SubjectHash(tenantKey, subject)
	return e.act(ctx, func(tx pgx.Tx) error {
		var dataKey []byte
		if err := tx.QueryRow(ctx, `SELECT data_key FROM users WHERE id = $1`, user).Scan(&dataKey); err != nil {
			return err
		}
		key, err := e.Keys.OpenDataKey(ctx, user, dataKey)
		if err != nil {
			return err
		}
		sealed := seal.Field("identities.sealed_subject").Seal(key, tenantKey, id[:], subject, "", "")
		if _, err := tx.Exec(ctx, earlierLink, id, tenantKey, user, hash, sealed); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE users SET merged_into = $1 WHERE vouched_by = $2 AND vouched_subject_hash = $3`, user, tenantKey, hash); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM users WHERE vouched_by = $1 AND vouched_subject_hash = $2`, tenantKey, hash)
		return err
	})
}
