package db

import (
	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// A sealedColumn is a column of ciphertexts. Its key is a master key, which Rotate replaces, a
// person's data key, or the key of a tenant's visitors.
type sealedColumn struct {
	table, key, sealed string
	bound              string                                  // SQL of the second value that a ciphertext is bound to, besides key
	aad                func(id uuid.UUID, bound string) []byte // the additional data under a master key; nil for other keys
	what               string                                  // its name in the audit log

	user  string     // SQL of the person with the data key that opens it; "" for the key of the visitors of the tenant in bound
	field seal.Field // "" for a note's text
}

// sealedColumns lists all of them. A test compares them with the schema.
var sealedColumns = []sealedColumn{
	{table: "users", key: "id", sealed: "data_key", bound: emptyText, aad: func(id uuid.UUID, _ string) []byte { return seal.DataKeyAAD(id) }, what: "data key of"},
	{table: "assertion_keys", key: "id", sealed: "sealed_secret", bound: "tenant_key", aad: func(id uuid.UUID, tenant string) []byte { return seal.SecretAAD("assertion key", tenant, id) }, what: "assertion key"},
	{table: "encryption_keys", key: "id", sealed: "sealed_private", bound: "algorithm", aad: func(id uuid.UUID, algorithm string) []byte { return seal.SecretAAD("encryption key", algorithm, id) }, what: "encryption key"},
	{table: "root_secret", key: "'00000000-0000-0000-0000-000000000000'::uuid", sealed: "sealed_secret", bound: emptyText, aad: func(uuid.UUID, string) []byte { return rootAAD }, what: "root secret"},

	{table: "notes", key: "id", sealed: "sealed", bound: "tenant_key", user: "user_id", what: "note"},
	{table: "notes", key: "id", sealed: "sealed_context", bound: "tenant_key", user: "user_id", field: contextOf},
	{table: "note_versions", key: "note_id", sealed: "sealed", bound: "tenant_key", user: "user_id", what: "earlier version of note"},
	{table: "users", key: "id", sealed: "sealed_name", bound: emptyText, user: "id", field: userName},
	{table: "passkeys", key: "id", sealed: "sealed_name", bound: emptyText, user: "user_id", field: passkeyName},
	{table: "key_wraps", key: "id", sealed: "sealed_wrap", bound: emptyText, user: "user_id", field: keyWrapOf},
	{table: "identities", key: "id", sealed: "sealed_subject", bound: "tenant_key", user: "user_id", field: identityOf},
	{table: "tickets", key: "ticket_hash", sealed: "sealed_subject", bound: "tenant_key", field: ticketOf},
	{table: "identity_handles", key: "handle_hash", sealed: "sealed_subject", bound: "tenant_key", field: handleOf},
	{table: "authorization_requests", key: "id", sealed: "sealed_subject", bound: "tenant_key", field: requestOf},
	{table: "webhooks", key: "id", sealed: "sealed_url", bound: "tenant_key", field: webhookURL},
	{table: "webhook_deliveries", key: "id", sealed: "sealed_payload", bound: "tenant_key", field: deliveryPayload},
	{table: "audit_events", key: "id", sealed: "sealed_detail", bound: "tenant_key", field: auditedDetail},
}
