package db_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// backfill is a migration that writes rows, or that depends on existing ones.
type backfill struct {
	left   string // statements that restore the rows of the previous release
	filled string // is true once the migration has processed them
}

var backfills = map[string]backfill{
	"20261123000003_master_keys": {
		left:   `INSERT INTO users (id, handle, display_name, data_key) VALUES ('00000000-0000-7000-8000-000000000001', decode(repeat('01', 64), 'hex'), 'Alice', '\x0161626364ff')`,
		filled: `SELECT array_agg(key_id) = ARRAY['\x61626364'::bytea] FROM master_keys`,
	},
	"20261129000401_sessions_in_chains": {
		left: `INSERT INTO tenants (key, name) VALUES ('t_shop', 'Shop');
			INSERT INTO sessions (id, kind, token_hash, user_id, jkt, passkey_id, created_at, revoked_at, idle_timeout, expires_at)
				SELECT id::uuid, 'ACCOUNT', sha256(id::bytea), '00000000-0000-7000-8000-000000000001', '', gen_random_uuid(), began, ended, '1 hour', now() + interval '1 hour'
				FROM (VALUES ('00000000-0000-7000-8000-00000000000a', timestamptz '2026-11-01', timestamptz '2026-11-02'),
					('00000000-0000-7000-8000-00000000000b', '2026-11-02', NULL)) AS s (id, began, ended);
			INSERT INTO sessions (id, kind, token_hash, user_id, tenant_key, embed_origin, jkt, granted_by, idle_timeout, expires_at)
				SELECT gen_random_uuid(), 'WIDGET', sha256('w'), user_id, 't_shop', 'https://shop.example', 'k', id, '1 hour', expires_at
				FROM sessions WHERE revoked_at IS NULL;
			UPDATE sessions SET chain_id = NULL`,
		filled: `SELECT count(*) = 3 AND count(DISTINCT chain_id) = 1 AND count(DISTINCT passkey_id) = 2 AND bool_and(chain_id IS NOT NULL AND passkey_id IS NOT NULL) FROM sessions`,
	},
	"20261129001201_lookup_rows": {
		left: `INSERT INTO tenants (key, name) VALUES ('t_paper', 'Paper');
			INSERT INTO users (id, handle, display_name, data_key, vouched_by, vouched_subject) VALUES
				('00000000-0000-7000-8000-000000000002', decode(repeat('02', 64), 'hex'), 'Vera', '\x0161626364ff', 't_paper', 'vera');
			UPDATE users SET vouched_subject = NULL, vouched_subject_hash = sha256('vera') WHERE vouched_by IS NOT NULL;
			INSERT INTO identities (id, tenant_key, user_id, subject_hash, sealed_subject)
				SELECT gen_random_uuid(), 't_paper', id, sha256('joe'), '\x01' FROM users WHERE vouched_by IS NULL;
			INSERT INTO passkeys (id, user_id, credential_id, public_key, aaguid, transports, sign_count, backup_eligible, backed_up)
				SELECT gen_random_uuid(), id, sha256(n::text::bytea), '\x01', '\x00', '{}', 0, false, false FROM users, generate_series(1, 2500) n WHERE vouched_by IS NULL;
			INSERT INTO recovery_codes (locator, user_id, code_hash) SELECT 'ABCDEF', id, sha256('code') FROM users WHERE vouched_by IS NULL`,
		filled: `SELECT (SELECT count(*) = 2500 AND bool_and(c.user_id = p.user_id) FROM credentials c JOIN passkeys p USING (credential_id))
			AND (SELECT array_agg(user_id) = ARRAY['00000000-0000-7000-8000-000000000001'::uuid] FROM recovery_locators WHERE locator = 'ABCDEF')
			AND (SELECT count(*) = 1 AND bool_and(handle = decode(repeat('01', 64), 'hex')) FROM user_handles)
			AND (SELECT array_agg(user_id::text || vouched ORDER BY user_id) =
				ARRAY['00000000-0000-7000-8000-000000000001false', '00000000-0000-7000-8000-000000000002true'] FROM subjects WHERE tenant_key = 't_paper')`,
	},
	"20261129001110_sessions_of_users": {
		left: `INSERT INTO sessions (id, kind, token_hash, user_id, chain_id, last_used_at, idle_timeout, expires_at)
			SELECT gen_random_uuid(), 'ACCOUNT', sha256(n::text::bytea), id, gen_random_uuid(), now() - n * interval '1 s', '1 hour', now() + interval '1 day'
			FROM (SELECT id FROM users LIMIT 1) u, generate_series(1, 12000) n`,
		filled: `SELECT count(*) = 12000 AND bool_and(idle_until = last_used_at + idle_timeout) FROM sessions`,
	},
	"20261129000600_sealed_people": {
		left:   `DELETE FROM sessions; DELETE FROM tenants`, // leaves a user without any other row that shows there are users
		filled: `SELECT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM sealing)`,
	},
}

// tableOwners are the kinds of roles that may own the tables.
var tableOwners = []struct {
	name, attributes string
	before           []string // run before all migrations
	left             string   // run before each backfill
}{
	{name: "a superuser", attributes: "LOGIN SUPERUSER"},
	{name: "a superuser's neighbor", attributes: "LOGIN", before: append(allRoles[:len(allRoles):len(allRoles)],
		`GRANT aside_app, aside_person, aside_auth, aside_merge TO %o`, `GRANT aside_auth TO aside_merge`)},
	{name: "a plain owner"},
	{name: "one that inherits nothing", attributes: plainOwner + " NOINHERIT", before: []string{`GRANT USAGE, CREATE ON SCHEMA public TO %o`}},
	{name: "one that bypasses walls", attributes: plainOwner + " BYPASSRLS"},
	{name: "one that another logs in for", before: []string{`CREATE ROLE estate CREATEROLE`, `GRANT estate TO %o`, `ALTER ROLE %o NOCREATEROLE`,
		`ALTER DATABASE %d OWNER TO estate`, `ALTER ROLE %o SET role = 'estate'`}},
	{name: "one whose policies are a former owner's", attributes: plainOwner + " NOINHERIT",
		before: []string{`GRANT USAGE, CREATE ON SCHEMA public TO %o`, `CREATE ROLE other`}, left: `DO $$ DECLARE p record; BEGIN
		FOR p IN SELECT polname, polrelid::regclass AS name FROM pg_policy WHERE 'keeper'::regrole = ANY (polroles) LOOP
			EXECUTE format('ALTER POLICY %I ON %s TO other', p.polname, p.name);
		END LOOP; END $$`},
}

// Backfills see the rows of the previous release under every kind of table owner, although row-level security also applies
// to the owner. So do the background jobs of a node.
func TestOlderRowsAreBackfilled(t *testing.T) {
	cluster := dbtest.SharedCluster(t)
	names := slices.Sorted(maps.Keys(backfills))
	for _, o := range tableOwners {
		t.Run(o.name, func(t *testing.T) {
			a := newOperatorDatabase(t, cluster, "", "", o.attributes)
			a.sql(t, o.before...)
			d := a.At(t, a.As(a.owner, a.database))
			c := d.Connect(t, d.Superuser())
			for _, name := range names {
				version, _, _ := strings.Cut(name, "_")
				must(t, db.MigrateBefore(t.Context(), d.URL, version))
				d.Exec(t, backfills[name].left)
				if o.left != "" {
					d.Exec(t, o.left)
				}
				must(t, db.MigrateBefore(t.Context(), d.URL, version+"_"))
				var filled bool
				must(t, c.QueryRow(t.Context(), backfills[name].filled).Scan(&filled))
				if !filled {
					t.Errorf("%s has not seen the rows", name)
				}
			}
		})
		t.Run(o.name+", sealed", func(t *testing.T) {
			a := newOperatorDatabase(t, cluster, "", "", o.attributes)
			a.sql(t, o.before...)
			u := startUpgradeOf(t, a.At(t, a.As(a.owner, a.database)))
			must(t, u.older.Close(t.Context()))
			u.sweepUntilSealed(t, u.DB)
			u.useOlderRows(t, u.DB)
		})
	}
}

// writes matches the statements of a migration that write rows. Function bodies are excluded, since they run later.
var (
	functions = regexp.MustCompile(`(?s)\bAS \$\$.*?\$\$`)
	comments  = regexp.MustCompile(`(?m)--.*$`)
	writes    = regexp.MustCompile(`(?i)\bUPDATE\s+[\w."]+(\s+(AS\s+)?\w+)?\s+SET\b|\bDELETE\s+FROM\b|\bINSERT\s+INTO\b|\bMERGE\s+INTO\b|\bSELECT\s+INTO\b|\bCREATE\s+TABLE\s+\w+\s+AS\b`)
)

// Every migration that writes rows is in backfills.
func TestEachBackfillIsTested(t *testing.T) {
	entries, err := os.ReadDir("migrations")
	must(t, err)
	found := 0
	for _, e := range entries {
		text, err := os.ReadFile("migrations/" + e.Name())
		must(t, err)
		name, _, _ := strings.Cut(e.Name(), ".")
		_, tested := backfills[name]
		if does := writes.Match(functions.ReplaceAll(comments.ReplaceAll(text, nil), nil)); does != tested {
			t.Errorf("%s writes rows: %v; it is tested: %v", name, does, tested)
		} else if does {
			found++
		}
	}
	if found != len(backfills) {
		t.Errorf("%d of %d backfills are migrations", found, len(backfills))
	}
}
