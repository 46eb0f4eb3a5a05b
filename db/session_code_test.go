package db_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// grantCode returns an unredeemed code that s granted to a tenant's widget, linking joe.
func grantCode(t *testing.T, d *dbtest.Database, s *db.Session, tenant *db.Tenant) db.TokenHash {
	t.Helper()
	uri, browser, code := randomHash(), randomHash(), randomHash()
	r := &db.AuthorizationRequest{
		RequestURIHash: uri[:], TenantKey: tenant.Key, RedirectURI: "https://frame.example/embed/" + tenant.Key, ResponseMode: "web_message",
		Scope: "notes", JKT: dbtest.Key, EmbedOrigin: "https://shop.example", Subject: &joe.ID, Evidence: d.Evidence(t, tenant.Key),
	}
	must(t, d.DB.PushRequest(t.Context(), r, time.Minute))
	opened, err := d.DB.OpenRequest(t.Context(), uri, tenant.Key, browser, time.Minute)
	must(t, err)
	must(t, d.DB.GrantRequest(t.Context(), opened.ID, browser, s, true, code, time.Minute))
	return code
}

func redeem(t *testing.T, d *dbtest.Database, code db.TokenHash) (db.TokenHash, error) {
	t.Helper()
	token := randomHash()
	_, err := d.DB.RedeemCode(t.Context(), code, func(*db.AuthorizationRequest) error { return nil }, db.NewSession{Token: token, Idle: time.Hour, Lifetime: time.Hour})
	return token, err
}

// An unredeemed code is invalid once anything that it rests on has ended.
func TestCodeEndsWithItsGrant(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, d *dbtest.Database, alice *dbtest.Person, shop *db.Tenant) error{
		"the passkey, which another has relieved since": func(t *testing.T, d *dbtest.Database, alice *dbtest.Person, _ *db.Tenant) error {
			addPasskey(t, d, alice.Account)
			both := passkeys(t, d, alice)
			must(t, d.DB.Confirm(t.Context(), alice.Account, both[1]))
			return d.DB.DeletePasskey(t.Context(), alice.Account, both[0].ID)
		},
		"the link": func(t *testing.T, d *dbtest.Database, alice *dbtest.Person, _ *db.Tenant) error {
			list, err := d.DB.Identities(t.Context(), alice.ID)
			must(t, err)
			return d.DB.Unlink(t.Context(), alice.Account, list[0].ID)
		},
		"the account session": func(t *testing.T, d *dbtest.Database, alice *dbtest.Person, _ *db.Tenant) error {
			return d.DB.RevokeSession(t.Context(), alice.Account, alice.Account.ID)
		},
		"the account session, by a widget's sign-out": func(t *testing.T, d *dbtest.Database, alice *dbtest.Person, shop *db.Tenant) error {
			return d.DB.SignOut(t.Context(), db.Token{Hash: alice.WidgetToken(t, shop)}, "")
		},
		"the account session, by somebody who signs in": func(t *testing.T, d *dbtest.Database, alice *dbtest.Person, _ *db.Tenant) error {
			bob := d.Person(t, "Bob")
			return d.DB.SignIn(t.Context(), bob.ID, passkeys(t, d, bob)[0], db.NewSession{Token: randomHash(), Idle: time.Hour, Lifetime: time.Hour}, &db.Token{Hash: alice.Cookie})
		},
		"all sessions, by a recovery": func(t *testing.T, d *dbtest.Database, alice *dbtest.Person, _ *db.Tenant) error {
			link, _, err := d.DB.NewRecoveryLink(t.Context(), alice.ID)
			must(t, err)
			found, err := followLink(t, d, link)
			must(t, err)
			_, err = recoverWith(t, d, found)
			return err
		},
		"the tenant": func(t *testing.T, d *dbtest.Database, _ *dbtest.Person, shop *db.Tenant) error {
			_, err := d.DB.Suspend(t.Context(), db.Operator(shop.Key))
			return err
		},
		"the embed origin": func(t *testing.T, d *dbtest.Database, _ *dbtest.Person, shop *db.Tenant) error {
			_, err := d.DB.RemoveEmbedOrigin(t.Context(), db.Operator(shop.Key), "https://shop.example")
			return err
		},
		"the account": func(t *testing.T, d *dbtest.Database, alice *dbtest.Person, _ *db.Tenant) error {
			return d.DB.DeleteAccount(t.Context(), alice.Account)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dbtest.New(t)
			shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
			good, code := grantCode(t, d, alice.Account, shop), grantCode(t, d, alice.Account, shop)
			if _, err := redeem(t, d, good); err != nil {
				t.Fatal(err)
			}
			must(t, end(t, d, alice, shop))
			if token, err := redeem(t, d, code); !db.IsCode(err, db.CodeGone) {
				_, live := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key)
				t.Errorf("redeemed: %v; looked up: %v", err, live)
			}
		})
	}
}

// A widget session rests on the passkey that granted it, even if its account session moves to another.
func TestWidgetSessionEndsWithItsPasskey(t *testing.T) {
	d := dbtest.New(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	addPasskey(t, d, alice.Account)
	both := passkeys(t, d, alice)
	before := alice.WidgetToken(t, shop)
	between := grantCode(t, d, alice.Account, shop)
	must(t, d.DB.Confirm(t.Context(), alice.Account, both[1]))
	redeemed, err := redeem(t, d, between)
	must(t, err)
	after := alice.WidgetToken(t, shop)
	must(t, d.DB.DeletePasskey(t.Context(), alice.Account, both[0].ID))
	for name, s := range map[string]struct {
		token db.TokenHash
		live  bool
	}{"before": {before, false}, "granted before and redeemed after": {redeemed, false}, "after": {after, true}} {
		if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: s.token}, dbtest.Key); (err == nil) != s.live {
			t.Errorf("granted %s the other passkey was used: %v", name, err)
		}
	}
}

// Sessions that nodes of the previous release insert get a chain too, by which nodes of this release end them.
func TestSessionsOfAnOlderReleaseAreInChainsToo(t *testing.T) {
	d, _ := startBefore(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	passkey := passkeys(t, d, alice)[0]
	conn := d.Connect(t, d.Superuser())
	const account = `INSERT INTO sessions (id, kind, token_hash, user_id, passkey_id, idle_timeout, expires_at)
		VALUES (gen_random_uuid(), 'ACCOUNT', $1, $2, $3, '1 hour', now() + interval '1 hour')`
	first, widget, second := randomHash(), randomHash(), randomHash()
	batch := func(queue func(*pgx.Batch)) {
		b := &pgx.Batch{}
		b.Queue(`BEGIN`)
		b.Queue(`SET LOCAL ROLE aside_auth`)
		queue(b)
		b.Queue(`COMMIT`)
		must(t, conn.SendBatch(t.Context(), b).Close())
	}
	batch(func(b *pgx.Batch) {
		b.Queue(account, first[:], alice.ID.String(), passkey.ID.String())
		b.Queue(`INSERT INTO sessions (id, kind, token_hash, user_id, tenant_key, embed_origin, jkt, granted_by, idle_timeout, expires_at)
			SELECT gen_random_uuid(), 'WIDGET', $1, user_id, $2, 'https://shop.example', $3, id, '1 hour', now() + interval '1 hour' FROM sessions WHERE token_hash = $4`,
			widget[:], shop.Key, dbtest.Key, first[:])
	})
	batch(func(b *pgx.Batch) { // in one statement, so that the INSERT can't see the UPDATE
		b.Queue(`WITH replaced AS (UPDATE sessions SET revoked_at = now() WHERE token_hash = $4) `+account, second[:], alice.ID.String(), passkey.ID.String(), first[:])
	})
	s, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: second}, "")
	must(t, err)
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: widget}, dbtest.Key); err != nil {
		t.Fatal(err)
	}
	inserted := chainsOf(t, conn)
	d.Exec(t, `UPDATE sessions SET chain_id = NULL, passkey_id = CASE kind WHEN 'ACCOUNT' THEN passkey_id END`)
	migration, err := os.ReadFile("migrations/20261129000401_sessions_in_chains.up.sql")
	must(t, err)
	owner := d.Connect(t, d.URL)
	for _, statement := range strings.Split(string(migration), "--bun:split") {
		_, err := owner.Exec(t.Context(), statement)
		must(t, err)
	}
	if migrated := chainsOf(t, conn); migrated != inserted {
		t.Errorf("migrated, they are in the chains\n%s\ninserted, in\n%s", migrated, inserted)
	}
	var rests bool
	must(t, conn.QueryRow(t.Context(), `SELECT passkey_id = $1 FROM sessions WHERE token_hash = $2`, passkey.ID.String(), widget[:]).Scan(&rests))
	must(t, d.DB.RevokeSession(t.Context(), s, s.ID))
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: widget}, dbtest.Key); err == nil || !rests {
		t.Errorf("the widget outlives the account session: %v; it rests on the passkey: %v", err, rests)
	}
}

func chainsOf(t *testing.T, c *pgx.Conn) (chains string) {
	t.Helper()
	must(t, c.QueryRow(t.Context(), `SELECT string_agg(id || ' ' || chain_id, E'\n' ORDER BY id) FROM sessions`).Scan(&chains))
	return chains
}
