package db

// A cluster of PostgreSQL (Citus) keeps each table in one of four ways. A table that a migration makes needs a line here.

// peopleTables are distributed and colocated by the user: all rows of a person are on one node. Each is given with the
// column that has the user's id.
var peopleTables = map[string]string{
	"users":          "id",
	"notes":          "user_id",
	"note_versions":  "user_id",
	"note_counters":  "user_id",
	"sessions":       "user_id",
	"passkeys":       "user_id",
	"consents":       "user_id",
	"identities":     "user_id",
	"recovery_codes": "user_id",
	"key_wraps":      "user_id",
	"members":        "user_id",
}

// lookupTables say who has what is unique across people. Each is distributed by a column of its key.
var lookupTables = map[string]string{ //nolint:gosec // names of tables
	"credentials":       "credential_id",
	"subjects":          "subject_hash",
	"recovery_locators": "locator",
	"user_handles":      "handle",
}

// referenceTables are copied to every node, because rows of people refer to them. They can't be written while a node is
// down, so no frequent act writes them.
var referenceTables = []string{"tenants"}

// coordinatorTables are on the coordinator alone. Each act needs the coordinator anyway, so that such an act needs no
// node but that of its person. There they have no foreign keys to reference tables.
var coordinatorTables = []string{
	"account_origin", "assertion_keys", "audit_events", "authorization_requests", "bun_migration_locks", "bun_migrations",
	"ceremonies", "embed_origins", "embed_sightings", "encryption_keys", "identity_handles", "invitations", "master_keys", "root_secret",
	"sealing", "server_keys", "spent_proofs", "tickets", "tries", "usage_periods", "usage_visitors", "webhook_deliveries", "webhooks",
}
