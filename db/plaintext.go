package db

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// Older releases stored who people are in the clear, and their nodes find nothing that is sealed. The
// database is therefore in one of three states:
//
//	clear    while such a node may serve, everything is stored in the clear
//	sealing  no such node is left: what is written is sealed, and Sweep seals the rest
//	sealed   nothing is in the clear, and the database refuses what would be
//
// Every state finds what earlier states stored. The database changes its state once, for all nodes, and each
// node follows at its next Sweep.
type sealingState int32

const (
	statePlaintext sealingState = iota
	stateSealing
	stateSealed
)

// sealingDelay is how long to wait for nodes that have not read the new state and may still write in the
// clear.
const sealingDelay = 15 * time.Minute

func (d *DB) storesPlaintext() bool { return sealingState(d.sealing.Load()) == statePlaintext }

// plaintextArgument returns a text to look for in columns that are in the clear. It returns nil when there are none
// left, so that no statement then contains the text.
func (d *DB) plaintextArgument(s string) *string {
	if sealingState(d.sealing.Load()) == stateSealed {
		return nil
	}
	return &s
}

// readSealing reads the database's state and returns when sealing started. It starts sealing once no older
// node is connected.
func (d *DB) readSealing(ctx context.Context) (since time.Time, err error) {
	state := statePlaintext
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO sealing (one) SELECT true WHERE NOT EXISTS (SELECT FROM sealing) AND NOT EXISTS
			(SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = '`+clearName+`') ON CONFLICT DO NOTHING`)
		if err != nil {
			return err
		}
		var finished bool
		err = tx.NewRaw(`SELECT started_at, finished_at IS NOT NULL FROM sealing`).Scan(ctx, &since, &finished)
		if err = ifNoRows(err, errNotFound); errors.Is(err, errNotFound) {
			return nil
		}
		if state = stateSealing; finished {
			state = stateSealed
		}
		return err
	})
	if err == nil {
		d.sealing.Store(int32(state))
	}
	return since, err
}

// sealPlaintext seals what is still in the clear, unless older nodes may serve. It marks the database as sealed
// when nothing is left.
func (d *DB) sealPlaintext(ctx context.Context) error {
	if sealingState(d.sealing.Load()) == stateSealed {
		return nil
	}
	since, err := d.readSealing(ctx)
	if err != nil || sealingState(d.sealing.Load()) != stateSealing {
		return err
	}
	began := time.Now()
	for i := range plaintextColumns {
		if err := plaintextColumns[i].seal(ctx, d); err != nil {
			return err
		}
	}
	if began.Sub(since) < sealingDelay {
		return nil
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		for _, c := range plaintextColumns {
			var left bool
			if err := tx.NewRaw(`SELECT EXISTS (SELECT FROM `+c.table+` WHERE `+c.condition+`)`).Scan(ctx, &left); err != nil || left {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `UPDATE sealing SET finished_at = now() WHERE finished_at IS NULL`)
		return err
	})
	if err != nil {
		return err
	}
	_, err = d.readSealing(ctx)
	return err
}

// A plaintextColumn describes, in SQL, where older releases stored who people are in the clear, and how to seal
// it.
type plaintextColumn struct {
	table, key, condition string
	user                  string     // the user with the data key that seals it, if any
	tenant                string     // otherwise the tenant; the key for its visitors seals it
	id, email, name       string     // the texts in the clear
	set                   string     // ?1 sealed, ?2 hash
	field                 seal.Field // "" if only a hash is stored

	holder func(plaintextRow) subjectHolder // of a subject that is found by its lookup, or nil
}

const emptyText = `''`

var plaintextColumns = []plaintextColumn{
	{
		table: "users", key: "id", condition: "display_name IS NOT NULL", user: "t.id", tenant: emptyText, id: "t.display_name", email: emptyText, name: emptyText,
		set: "display_name = NULL, sealed_name = ?1, name_hash = ?2", field: userName,
	},
	{
		table: "users", key: "id", condition: "vouched_subject IS NOT NULL", tenant: "t.vouched_by", id: "t.vouched_subject", email: emptyText, name: emptyText,
		set: "vouched_subject = NULL, vouched_subject_hash = ?2", holder: func(row plaintextRow) subjectHolder { return subjectHolder{uuid.UUID(row.Key), true} },
	},
	{
		table: "passkeys", key: "id", condition: "name <> ''", user: "t.user_id", tenant: emptyText, id: "t.name", email: emptyText, name: emptyText,
		set: "name = '', sealed_name = ?1", field: passkeyName,
	},
	{
		table: "identities", key: "id", condition: "subject IS NOT NULL", user: "t.user_id", tenant: "t.tenant_key", id: "t.subject", email: "t.email", name: "t.name",
		set: "subject = NULL, email = '', name = '', sealed_subject = ?1, subject_hash = ?2", field: identityOf,
		holder: func(row plaintextRow) subjectHolder { return subjectHolder{UserID: row.UserID.UUID} },
	},
	{
		table: "tickets", key: "ticket_hash", condition: "subject IS NOT NULL", tenant: "t.tenant_key", id: "t.subject", email: "t.email", name: "t.name",
		set: "subject = NULL, email = '', name = '', sealed_subject = ?1", field: ticketOf,
	},
	{
		table: "identity_handles", key: "handle_hash", condition: "subject IS NOT NULL", tenant: "t.tenant_key", id: "t.subject", email: "t.email", name: "t.name",
		set: "subject = NULL, email = '', name = '', sealed_subject = ?1", field: handleOf,
	},
	{
		table: "authorization_requests", key: "id", condition: "subject IS NOT NULL", tenant: "t.tenant_key", id: "t.subject", email: "t.subject_email", name: "t.subject_name",
		set: "subject = NULL, subject_email = '', subject_name = '', sealed_subject = ?1, subject_hash = ?2", field: requestOf,
	},
	{
		table: "sessions", key: "id", condition: "subject IS NOT NULL", tenant: "t.tenant_key", id: "t.subject", email: emptyText, name: emptyText,
		set: "subject = NULL, subject_hash = ?2",
	},
}

// A plaintextRow is a row of a plaintextColumn.
type plaintextRow struct {
	Key     []byte
	UserID  uuid.NullUUID
	DataKey []byte
	Tenant  string
	ID      string
	Email   string
	Name    string
}

// seal seals a table's rows in batches, in the order of its key. It skips rows that somebody is changing; the
// next run seals them. Each batch is committed. Any number of nodes may run it.
func (c plaintextColumn) seal(ctx context.Context, d *DB) error {
	key, user := "t."+c.key, cmp.Or(c.user, "NULL::uuid")
	after, keyBytes := any([]byte{}), key
	if c.key == "id" {
		after, keyBytes = uuid.Nil, "uuid_send("+key+")"
	}
	query := `SELECT ` + keyBytes + ` AS key, ` + user + ` AS user_id, (SELECT u.data_key FROM users u WHERE u.id = ` + user + `) AS data_key,
			` + c.tenant + ` AS tenant, ` + c.id + ` AS id, ` + c.email + ` AS email, ` + c.name + ` AS name
		FROM ` + c.table + ` t WHERE t.` + c.condition + ` AND ` + key + ` > ? ORDER BY ` + key + ` LIMIT ? FOR UPDATE OF t SKIP LOCKED`
	for {
		var rows []plaintextRow
		err := d.asAuthority(ctx, func(tx authorityTx) error {
			if err := tx.NewRaw(query, after, rotationBatch).Scan(ctx, &rows); err != nil {
				return err
			}
			for _, row := range rows {
				if err := c.sealRow(ctx, d, tx, row); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(rows) < rotationBatch {
			return err
		}
		if after = rows[len(rows)-1].Key; c.key == "id" {
			after = uuid.UUID(rows[len(rows)-1].Key)
		}
	}
}

func (c plaintextColumn) sealRow(ctx context.Context, d *DB, tx authorityTx, row plaintextRow) (err error) {
	named := c.field == userName || c.field == passkeyName
	var key any = row.Key
	if c.key == "id" {
		key = uuid.UUID(row.Key)
	}
	var sealed []byte
	if c.field != "" {
		sealingKey := d.visitorKey(row.Tenant)
		if row.UserID.Valid {
			if sealingKey, err = d.dataKey(ctx, row.UserID.UUID, row.DataKey); err != nil {
				return err
			}
		}
		texts := []string{row.ID, row.Email, row.Name}
		if named {
			texts = texts[:1]
		}
		sealed = c.field.Seal(sealingKey, row.Tenant, row.Key, texts...)
	}
	hash := d.subjectHash(row.Tenant, row.ID)
	if named {
		hash = d.nameHash(row.ID)
	}
	if _, err = tx.NewRaw(`UPDATE `+c.table+` SET `+c.set+` WHERE `+c.key+` = ?0`, key, sealed, hash).Exec(ctx); err != nil || c.holder == nil {
		return err
	}
	_, err = insertSubject(ctx, tx, row.Tenant, hash, c.holder(row))
	return err
}

// sealWebhookURLs seals the URLs that are stored in the clear.
func (d *DB) sealWebhookURLs(ctx context.Context) error {
	return d.sweep(ctx, func(tx authorityTx) (int64, error) {
		var list []*Webhook
		err := tx.NewRaw(`SELECT id, tenant_key, url FROM webhooks WHERE url IS NOT NULL ORDER BY id LIMIT ? FOR NO KEY UPDATE SKIP LOCKED`, sweepBatch).Scan(ctx, &list)
		for _, w := range list {
			if err == nil {
				_, err = tx.NewRaw(`UPDATE webhooks SET sealed_url = ?, url = NULL WHERE id = ?`, d.sealURL(w), w.ID).Exec(ctx)
			}
		}
		return int64(len(list)), err
	})
}
