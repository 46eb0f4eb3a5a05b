package db

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

	"users":          "accounts: SignUpsFrom limits how many are made; gone when deleted",
	"passkeys":       "with the account; each takes a ceremony with a confirmed session",
	"recovery_codes": "ten and a link for each account; links are swept after a day",
	"consents":       "one row for each account and tenant; with the account",
	"identities":     "one row for each tenant and subject that is linked; with the account",
	"notes":          "Limits: 5,000 notes and 32 MiB for each owner, and the ids of 1,000 deleted ones; what is older is swept",

	"tenants":          "20 for each account that owns them (MaxOwned), or made by the operator",
	"members":          "100 for each tenant",
	"invitations":      "50 for each tenant; swept after 7 days",
	"embed_origins":    "100 for each tenant",
	"assertion_keys":   "10 live ones for each tenant; revoked ones are swept after 90 days",
	"server_keys":      "live ones are limited for each tenant; revoked ones are swept after 90 days",
	"usage_periods":    "a row for each tenant, day and month: the bill, kept for good",
	"usage_visitors":   "swept a week after the period",
	"audit_events":     "so many of each kind an hour; swept after ASIDE_AUDIT_RETENTION",
	"identity_handles": "swept when expired, after minutes",
	"tickets":          "swept when expired, after a minute",

	"authorization_requests": "swept when expired; those that were redeemed an hour later",
	"ceremonies":             "swept when expired, after minutes",
	"sessions":               "swept an hour after they were revoked, or have expired and nothing that came from them lives",
	"spent_proofs":           "swept when expired, after minutes",
	"tries":                  "swept when they count no more",
}
