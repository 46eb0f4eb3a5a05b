package db

import (
	"context"
)

// A sweep deletes the rows of a table that are no longer needed. It finds them by an index and deletes
// them in batches that fit into any statement timeout.
type sweep struct {
	table, key string // key: the primary key
	over       string
}

var sweeps = []sweep{
	{"ceremonies", "id_hash", `expires_at < now()`},
	{"spent_proofs", "proof_hash", `expires_at < now()`},
	{"tries", "key_hash", `free_at < now()`},
	{"recovery_codes", "user_id, locator", `expires_at < now()`},
	{"tickets", "ticket_hash", `expires_at < now()`},
	{"identity_handles", "handle_hash", `expires_at < now()`},
	{"invitations", "token_hash", `expires_at < now()`},
	{"usage_visitors", "tenant_key, period, visitor", `period < to_char(now() - interval '7 days', 'YYYY-MM-DD')
		AND period < to_char(now() - interval '7 days', CASE length(period) WHEN 7 THEN 'YYYY-MM' ELSE 'YYYY-MM-DD' END)`},
	// A redeemed code is kept for an hour, to recognize a second use.
	{"authorization_requests", "id", `expires_at < now() AND redeemed_at IS NULL`},
	{"authorization_requests", "id", `expires_at < now() - interval '1 hour'`},
	// The next sign-in in the same browser continues the chain of an expired session (continueChain).
	{"sessions", "user_id, id", `expires_at < now() - interval '1 hour'
		AND NOT EXISTS (SELECT FROM sessions l WHERE l.user_id = sessions.user_id AND l.chain_id = sessions.chain_id AND l.revoked_at IS NULL AND l.expires_at > now())`},
	{"sessions", "user_id, id", `revoked_at < now() - interval '1 hour'`},
	{"webhook_deliveries", "id", `created_at < now() - interval '30 days'`},
	{"embed_sightings", "tenant_key, embed_origin, hour", `hour < now() - interval '30 days'`},
	{"assertion_keys", "id", `revoked_at < now() - interval '90 days'`},
	{"server_keys", "id", `revoked_at < now() - interval '90 days'`},
}

// statement returns the SQL that deletes one batch. Its argument is the size of the batch.
func (s sweep) statement() string {
	skip := ` FOR UPDATE SKIP LOCKED`
	if s.onAllNodes() {
		skip = ""
	}
	return `DELETE FROM ` + s.table + ` WHERE (` + s.key + `) IN (SELECT ` + s.key + ` FROM ` + s.table + ` WHERE ` + s.over + ` LIMIT ?` + skip + `)`
}

// onAllNodes reports whether a cluster has the table on many nodes. It locks rows of one node only.
func (s sweep) onAllNodes() bool { return peopleTables[s.table] != "" }

// sweepLock is the key of the advisory lock of those who sweep a table that is on many nodes.
const sweepLock = 0x7377656570 // "sweep" in hexadecimal

// run deletes one batch, and returns how many rows it deleted.
func (s sweep) run(ctx context.Context, tx authorityTx) (swept int64, err error) {
	if s.onAllNodes() {
		var mine bool
		if err := tx.NewRaw(`SELECT pg_try_advisory_xact_lock(?)`, sweepLock).Scan(ctx, &mine); err != nil || !mine {
			return 0, err // another node sweeps
		}
	}
	if s.table == "recovery_codes" { // with their lookups
		var locators []string
		if err := tx.NewRaw(s.statement()+` RETURNING locator`, sweepBatch).Scan(ctx, &locators); err != nil {
			return 0, err
		}
		return int64(len(locators)), deleteLocators(ctx, tx, locators...)
	}
	result, err := tx.NewRaw(s.statement(), sweepBatch).Exec(ctx)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

const sweepBatch = 5000

// Sweep deletes what has expired and the vouched accounts of deleted tenants, queues usage.month_closed, seals what an older release has
// stored in the clear, and finishes an upgrade when no node of an older release is left. Any number of nodes may run it.
func (d *DB) Sweep(ctx context.Context) (err error) {
	defer place(&err, "db.Sweep")
	if err := d.finishUpgrade(ctx); err != nil {
		return err
	}
	if err := d.sealPlaintext(ctx); err != nil {
		return err
	}
	for _, s := range sweeps {
		if err := d.sweep(ctx, func(tx authorityTx) (int64, error) { return s.run(ctx, tx) }); err != nil {
			return err
		}
	}
	if err := d.sweep(ctx, func(tx authorityTx) (swept int64, err error) {
		return swept, tx.NewRaw(`SELECT sweep_deleted_notes(?)`, sweepBatch).Scan(ctx, &swept)
	}); err != nil {
		return err
	}
	if err := d.sealWebhookURLs(ctx); err != nil {
		return err
	}
	if err := d.queueClosedMonths(ctx); err != nil {
		return err
	}
	if err := d.sweepLeftovers(ctx); err != nil {
		return err
	}
	if err := d.sweepVouchedAccounts(ctx); err != nil || d.auditRetention == 0 {
		return err
	}
	return d.sweep(ctx, func(tx authorityTx) (swept int64, err error) {
		return swept, tx.NewRaw(`SELECT sweep_audit_events(make_interval(secs => ?), ?)`, d.auditRetention.Seconds(), sweepBatch).Scan(ctx, &swept)
	})
}

// sweepLeftovers deletes what a node of the release before leaves: the earlier versions of notes that it deleted or converted,
// and the pages of notes that it encrypted. It does so at the first Sweep, and while such a node is connected.
func (d *DB) sweepLeftovers(ctx context.Context) error {
	var older bool
	err := d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE datname = current_database() AND application_name IN ('`+clearName+`', '`+sealedName+`', '`+readableName+`', '`+versionlessName+`'))`).Scan(ctx, &older)
	})
	if err != nil || d.leftoversSwept.Load() && !older {
		return err
	}
	for _, statement := range []string{`SELECT sweep_note_versions(?)`, `SELECT sweep_sealed_contexts(?)`} {
		if err := d.sweep(ctx, func(tx authorityTx) (swept int64, err error) {
			return swept, tx.NewRaw(statement, sweepBatch).Scan(ctx, &swept)
		}); err != nil {
			return err
		}
	}
	d.leftoversSwept.Store(!older)
	return nil
}

// sweep runs batches, each in its own transaction, until one is not full.
func (d *DB) sweep(ctx context.Context, batch func(authorityTx) (int64, error)) error {
	for {
		var swept int64
		err := d.asAuthority(ctx, func(tx authorityTx) (err error) {
			swept, err = batch(tx)
			return err
		})
		if err != nil || swept < sweepBatch {
			return err
		}
	}
}

// tableGrowth says what limits the growth of each table. A test requires a line for each table.
// "Swept" rows are deleted by Sweep; rows "with the account" or "with the tenant" are deleted with it.
var tableGrowth = map[string]string{
	"bun_migrations":      "one row for each migration",
	"bun_migration_locks": "one row at most",
	"account_origin":      "one row",
	"sealing":             "one row",
	"root_secret":         "one row",
	"encryption_keys":     "one row for each algorithm",
	"master_keys":         "one row for each master key in use",

	"users":             "accounts: SignUpsFrom limits how many are made; gone when deleted",
	"passkeys":          "with the account; each takes a ceremony with a confirmed session",
	"key_wraps":         "one for each passkey and each recovery code",
	"recovery_codes":    "ten and a link for each account; links are swept after a day",
	"credentials":       "one row for each passkey, deleted with it",
	"subjects":          "one row for each linked subject and each vouched account, deleted with it",
	"recovery_locators": "one row for each recovery code, deleted with it",
	"user_handles":      "one row for each account that an earlier release made, deleted with it",
	"consents":          "one row for each account and tenant; with the account",
	"identities":        "one row for each tenant and subject that is linked; with the account",
	"notes":             "Limits: 5,000 notes and 32 MiB for each owner, and the ids of 1,000 deleted ones; what is older is swept",
	"note_versions":     "MaxVersions for each note, in the 32 MiB of its owner; deleted with the note",
	"note_counters":     "one row for each account and tenant; with the account",

	"tenants":            "40 a day for each account (newTenants), or made by the operator; rows of deleted ones stay, for notes and the bill",
	"members":            "100 for each tenant",
	"invitations":        "50 for each tenant; swept after 7 days",
	"embed_origins":      "100 for each tenant",
	"webhooks":           "5 for each tenant",
	"webhook_deliveries": "one for each event and webhook; swept after 30 days",
	"embed_sightings":    "300 or so for each tenant and hour (maxUnlistedHour); swept after 30 days",
	"assertion_keys":     "10 live ones for each tenant; revoked ones are swept after 90 days",
	"server_keys":        "live ones are limited for each tenant; revoked ones are swept after 90 days",
	"usage_periods":      "a row for each tenant, day and month: the bill, kept for good",
	"usage_visitors":     "swept a week after the period",
	"audit_events":       "so many of each kind an hour; swept after ASIDE_AUDIT_RETENTION",
	"identity_handles":   "swept when expired, after minutes",
	"tickets":            "swept when expired, after a minute",

	"authorization_requests": "swept when expired; those that were redeemed an hour later",
	"ceremonies":             "swept when expired, after minutes",
	"sessions":               "swept an hour after they were revoked, or have expired and nothing that came from them lives",
	"spent_proofs":           "swept when expired, after minutes",
	"tries":                  "swept when they count no more",
}
