package db_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// texts gives the kind of each text column. Columns for a person's own words are sealed, and so not texts, or were filled
// by older releases and stay empty.
var texts = map[string]string{
	"account_origin.origin": setup, "account_origin.rp_id": setup,
	"assertion_keys.kid": setup, "assertion_keys.algorithm": setup, "assertion_keys.kind": word, "assertion_keys.public_jwk": setup, "assertion_keys.jwks_url": setup, "assertion_keys.tenant_key": id,
	"audit_events.tenant_key": id, "audit_events.actor": id, "audit_events.action": word, "audit_events.target": setup, "audit_events.ip": id, "audit_events.detail": setup,
	"authorization_requests.tenant_key": id, "authorization_requests.redirect_uri": setup, "authorization_requests.response_mode": word, "authorization_requests.state": id,
	"authorization_requests.scope": word, "authorization_requests.code_challenge": id, "authorization_requests.jkt": id, "authorization_requests.embed_origin": setup,
	"authorization_requests.subject": empty, "authorization_requests.subject_email": empty, "authorization_requests.subject_name": empty,
	"authorization_requests.ui_locales": language, "authorization_requests.content_key_jwk": id, "key_wraps.locator": id,
	"users.sealing": word, "note_counters.sealing": word,
	"ceremonies.kind": word, "ceremonies.session_data": sealed,
	"consents.tenant_key": id, "consents.embed_origin": setup, "embed_origins.tenant_key": id, "embed_origins.origin": setup, "embed_sightings.tenant_key": id, "embed_sightings.embed_origin": setup, "embed_sightings.refusal": setup, "assertion_keys.fetch_error": setup, "webhooks.tenant_key": id, "webhooks.url": empty, "webhooks.events": setup, "webhooks.closed_month": word, "webhook_deliveries.tenant_key": id, "webhook_deliveries.event": word, "encryption_keys.algorithm": setup,
	"identities.tenant_key": id, "identities.subject": empty, "identities.email": empty, "identities.name": empty,
	"identity_handles.tenant_key": id, "identity_handles.subject": empty, "identity_handles.email": empty, "identity_handles.name": empty, "identity_handles.jkt": id,
	"invitations.tenant_key": id, "invitations.role": word, "members.tenant_key": id, "members.role": word, "notes.tenant_key": id, "note_versions.tenant_key": id, "note_counters.tenant_key": id,
	"passkeys.transports": word, "passkeys.name": empty, "passkeys.device": word, "recovery_codes.locator": id, "recovery_locators.locator": id, "subjects.tenant_key": id,
	"server_keys.tenant_key": id, "server_keys.name": setup, "server_keys.prefix": id,
	"sessions.kind": word, "sessions.tenant_key": id, "sessions.embed_origin": setup, "sessions.jkt": id, "sessions.subject": empty, "sessions.device": word,
	"tenants.key": id, "tenants.name": setup, "tenants.assertion_policy": word, "tenants.brand_name": setup, "tenants.accent": setup,
	"tickets.tenant_key": id, "tickets.subject": empty, "tickets.email": empty, "tickets.name": empty,
	"usage_periods.tenant_key": id, "usage_periods.period": word, "usage_visitors.tenant_key": id, "usage_visitors.period": word,
	"users.display_name": empty, "users.vouched_by": id, "users.vouched_subject": empty,
}

const (
	setup    = "how a tenant is set up"
	id       = "random, or names a tenant or a network"
	word     = "one of a few words of ours"
	language = "tags of the languages that a widget asks for"
	sealed   = "sealed"
	empty    = "a person's or a secret, and kept sealed in another column"
)

// Every text column of the schema is in texts.
func TestEveryTextColumnIsKnown(t *testing.T) {
	d := dbtest.New(t)
	c := d.Connect(t, d.Superuser())
	found := tables(t, c, `SELECT c.table_name || '.' || c.column_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
		WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name NOT LIKE 'bun_%'
		AND c.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'xml', 'ARRAY') ORDER BY 1`)
	known := slices.Sorted(maps.Keys(texts))
	slices.Sort(found)
	if !slices.Equal(found, known) {
		for _, column := range found {
			if texts[column] == "" {
				t.Errorf("%s is not known", column)
			}
		}
		for _, column := range known {
			if !slices.Contains(found, column) {
				t.Errorf("%s is not there", column)
			}
		}
	}
	insertPersonalTexts(t, d, "Canary")
	for column, what := range texts {
		table, name, _ := strings.Cut(column, ".")
		if what == empty {
			if n := count(t, c, `SELECT count(*) FROM `+table+` WHERE coalesce(`+name+`, '') <> ''`); n > 0 {
				t.Errorf("%s is there %d times", column, n)
			}
		}
	}
}

// insertPersonalTexts stores personal words in every way there is, by people and by tenants about them, and returns the words.
func insertPersonalTexts(t *testing.T, d *dbtest.Database, mark string) (planted []string) {
	t.Helper()
	word := func(what string) string {
		w := fmt.Sprintf("%s-%s-%d", mark, what, len(planted))
		planted = append(planted, w)
		return w
	}
	subject := func() db.Subject {
		return db.Subject{ID: word("subject"), Email: word("mail") + "@post.example", Name: word("name")}
	}
	shop := d.Tenant(t, "Shop")
	yes := true
	_, err := d.DB.UpdateTenant(t.Context(), db.Operator(shop.Key), db.TenantChange{VouchedAccounts: &yes})
	must(t, err)

	addWebhook(t, d, shop)
	alice := d.Person(t, word("alice"))
	alice.Account, err = d.DB.RenameUser(t.Context(), alice.Account, word("renamed"))
	must(t, err)
	owner := alice.Widget(t, shop).Owner()
	n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: word("title"), Body: word("body"), Tags: []string{word("tag")}, Context: &db.NoteContext{ID: word("context"), Title: word("page"), URL: "https://shop.example/" + word("path")}})
	must(t, err)
	d.Exec(t, `UPDATE notes SET created_at = created_at - interval '1 hour'`)
	write(t, d, owner, n, word("later"))
	keys, err := d.DB.Passkeys(t.Context(), alice.ID)
	must(t, err)
	_, err = d.DB.RenamePasskey(t.Context(), alice.Account, keys[0].ID, word("passkey"))
	must(t, err)
	linked := subject()
	must(t, linkSubject(t, d, alice, shop, linked))
	if err := linkSubject(t, d, d.Person(t, word("bob")), shop, linked); err == nil {
		t.Error("it is linked twice")
	}
	_, err = signInVouched(t, d, shop, subject())
	must(t, err)
	merged := subject()
	_, err = signInVouched(t, d, shop, merged)
	must(t, err)
	must(t, linkSubject(t, d, alice, shop, merged))
	_, _, err = d.DB.IssueTicket(t.Context(), d.ServerKey(t, shop), subject())
	must(t, err)
	var handle db.TokenHash
	_, _ = rand.Read(handle[:])
	must(t, d.DB.StoreIdentityHandle(t.Context(), handle, shop.Key, subject(), dbtest.Key, d.Evidence(t, shop.Key), time.Minute))
	_, err = d.DB.StartCeremony(t.Context(), db.CeremonyRegistration, alice.ID, handle, []byte(`{"displayName":"`+word("registering")+`"}`), time.Minute)
	must(t, err)
	_, err = d.DB.RecordRefusal(t.Context(), db.Event{TenantKey: shop.Key, Actor: "visitor", Action: "assertion.refused", Detail: "assertion_issuer: iss is " + word("issuer")})
	must(t, err)
	_, _, err = d.DB.AddWebhook(t.Context(), db.Operator(shop.Key), "https://shop.example/"+word("webhook")+"?key="+word("key"), db.WebhookEvents)
	must(t, err)
	must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), alice.ID, db.RoleOwner))
	return planted
}

// A dump contains no plaintext of notes, identities or names.
func TestADumpHoldsNoPlaintext(t *testing.T) {
	d := dbtest.New(t)
	planted := insertPersonalTexts(t, d, "canary7f3a9c")
	dump := d.Dump(t)
	for _, sign := range []string{"Shop", "assertion.refused", hex.EncodeToString(d.DB.NameHash(planted[1]))} {
		if !bytes.Contains(dump, []byte(sign)) {
			t.Errorf("the dump does not even hold %q", sign)
		}
	}
	lines := bytes.Split(dump, []byte("\n"))
	for _, word := range planted {
		for _, form := range []string{word, hex.EncodeToString([]byte(word))} {
			for _, line := range lines {
				if bytes.Contains(line, []byte(form)) {
					t.Errorf("the dump holds %s: %.200s", word, line)
				}
			}
		}
	}
}

// A sealed identity opens only in its own row, for its tenant and person. A moved one is refused and recorded in the
// audit log.
func TestIdentityOpensOnlyInItsRow(t *testing.T) {
	const other = `00000000-0000-7000-8000-000000000001`
	for name, c := range map[string]struct{ change, target string }{
		"an identity's, in another row":      {`UPDATE identities SET id = '` + other + `'`, "identities.sealed_subject %"},
		"an identity's, at another tenant":   {`UPDATE identities SET tenant_key = (SELECT key FROM tenants WHERE key <> tenant_key LIMIT 1)`, "identities.sealed_subject %"},
		"an identity's, of another person":   {`UPDATE identities SET user_id = (SELECT id FROM users WHERE id <> user_id AND vouched_by IS NULL LIMIT 1)`, "identities.sealed_subject %"},
		"an identity's, cut short":           {`UPDATE identities SET sealed_subject = substring(sealed_subject FOR 40)`, "identities.sealed_subject %"},
		"a name, of another person":          {`UPDATE users u SET sealed_name = v.sealed_name FROM users v WHERE u.id <> v.id`, "users.sealed_name %"},
		"a passkey's name, as a person's":    {`UPDATE users SET sealed_name = p.sealed_name FROM passkeys p WHERE p.user_id = users.id AND p.sealed_name IS NOT NULL`, "users.sealed_name %"},
		"a passkey's name, of another's key": {`UPDATE passkeys SET sealed_name = (SELECT p.sealed_name FROM passkeys p WHERE p.sealed_name IS NOT NULL)`, "passkeys.sealed_name %"},
	} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.New(t)
			shop := d.Tenant(t, "Shop")
			d.Tenant(t, "Paper")
			alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
			keys, err := d.DB.Passkeys(t.Context(), alice.ID)
			must(t, err)
			_, err = d.DB.RenamePasskey(t.Context(), alice.Account, keys[0].ID, "phone")
			must(t, err)
			must(t, linkSubject(t, d, alice, shop, joe))
			d.Exec(t, c.change)
			failed := 0
			for _, p := range []*dbtest.Person{alice, bob} {
				_, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: p.Cookie}, "")
				_, keysErr := d.DB.Passkeys(t.Context(), p.ID)
				_, linkErr := d.DB.Identities(t.Context(), p.ID)
				for _, err := range []error{err, keysErr, linkErr} {
					if err != nil && !strings.Contains(err.Error(), "does not open") {
						t.Error(err)
					}
					if err != nil {
						failed++
					}
				}
			}
			if failed == 0 {
				t.Error("it opens")
			}
			if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM audit_events WHERE action = 'ciphertext.refused' AND target LIKE $1`, c.target); n == 0 {
				t.Error("it is not in the log")
			}
		})
	}
}

// Looking up a person, or a person's links, uses an index.
func TestIdentityIsFoundByIndex(t *testing.T) {
	d := dbtest.New(t)
	c := d.Connect(t, d.Superuser())
	_, err := c.Exec(t.Context(), `SET enable_seqscan = off`)
	must(t, err)
	for statement, index := range map[string]string{
		`SELECT user_id, vouched FROM subjects WHERE tenant_key = 't_shop' AND subject_hash = '\x01'`:                "subjects_pkey",
		`SELECT id FROM users WHERE vouched_by = 't_shop'`:                                                           "users_vouched_by",
		`SELECT id FROM users WHERE name_hash = '\x01' OR lower(display_name) = lower(NULL)`:                         "users_name_hash",
		`SELECT id FROM identities WHERE user_id = '00000000-0000-7000-8000-000000000001' AND tenant_key = 't_shop'`: "identities_pkey",
	} {
		rows, err := c.Query(t.Context(), "EXPLAIN "+statement)
		must(t, err)
		plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		if !strings.Contains(strings.Join(plan, "\n"), index) {
			t.Errorf("%s\n%s", statement, strings.Join(plan, "\n"))
		}
	}
}
