package db_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// before is the first migration that the older release, which stores identities in the clear, doesn't have.
const before = "20261129000600"

// upgrade is a database of an older release, with people, links, sessions and pending requests, written by that release's
// own statements.
type upgrade struct {
	*dbtest.Database
	shop                   string
	alice, vera            uuid.UUID
	cookie, widget         db.TokenHash // Alice's
	vouched                db.TokenHash // of Vera, who is vouched for by the shop
	request, browser, code db.TokenHash // Alice is about to return with joe
	handle                 db.TokenHash
	ticket                 string
	older                  *pgx.Conn // a connection of an older node, which may still run
}

func startUpgrade(t *testing.T) *upgrade {
	t.Helper()
	return startUpgradeOf(t, dbtest.At(t, dbtest.EmptyURL(t)))
}

// startUpgradeOf is startUpgrade for an empty database.
func startUpgradeOf(t *testing.T, d *dbtest.Database) *upgrade {
	t.Helper()
	must(t, db.MigrateBefore(t.Context(), d.URL, before))
	u := &upgrade{Database: d, shop: "t_shop", alice: uuid.Must(uuid.NewV7()), vera: uuid.Must(uuid.NewV7()), ticket: "tk_" + rand.Text()}
	u.Master = newMaster()
	u.Keys = keyringOf(t, u.Master)
	for _, h := range []*db.TokenHash{&u.cookie, &u.widget, &u.vouched, &u.request, &u.browser, &u.code, &u.handle} {
		_, _ = rand.Read(h[:])
	}
	ticket := db.HashToken(u.ticket)
	write := func(statement string, args ...any) { t.Helper(); u.Exec(t, statement, args...) }
	write(`INSERT INTO tenants (key, name, vouched_accounts) VALUES ($1, 'Shop', true)`, u.shop)
	write(`INSERT INTO embed_origins (tenant_key, origin) VALUES ($1, 'https://shop.example')`, u.shop)
	for _, p := range []struct {
		id      uuid.UUID
		name    string
		by, sub any
	}{{u.alice, "Canary Alice", nil, nil}, {u.vera, "Canary Vera", u.shop, "canary-vera"}} {
		_, dataKey, err := db.NewNoteSealer(t.Context(), u.Keys, p.id)
		must(t, err)
		write(`INSERT INTO users (id, handle, display_name, data_key, vouched_by, vouched_subject) VALUES ($1, $2, $3, $4, $5, $6)`,
			p.id, append(newMaster(), newMaster()...), p.name, dataKey, p.by, p.sub)
	}
	write(`INSERT INTO passkeys (id, user_id, credential_id, public_key, aaguid, transports, sign_count, backup_eligible, backed_up, name)
		VALUES (gen_random_uuid(), $1, $2, '\x01', '\x00', '{}', 0, false, false, 'canary phone')`, u.alice, newMaster())
	write(`INSERT INTO identities (id, tenant_key, subject, user_id, email, name) VALUES (gen_random_uuid(), $1, 'canary-joe', $2, 'canary-joe@post.example', 'Canary Joe')`, u.shop, u.alice)
	session := `INSERT INTO sessions (id, kind, token_hash, user_id, tenant_key, embed_origin, jkt, subject, confirmed_at, idle_timeout, expires_at)
		VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, now(), '1 hour', now() + interval '1 hour')`
	write(session, "ACCOUNT", u.cookie[:], u.alice, nil, nil, "", nil)
	write(session, "WIDGET", u.widget[:], u.alice, u.shop, "https://shop.example", dbtest.Key, "canary-joe")
	write(session, "WIDGET", u.vouched[:], u.vera, u.shop, "https://shop.example", dbtest.Key, "canary-vera")
	write(`INSERT INTO authorization_requests (id, request_uri_hash, tenant_key, redirect_uri, response_mode, state, scope, code_challenge, jkt, embed_origin,
			subject, subject_email, subject_name, expires_at)
		VALUES (gen_random_uuid(), $1, $2, 'https://frame.example/embed/t_shop', 'query', '', 'notes', '', $3, 'https://shop.example',
			'canary-joe', 'canary-joe@post.example', 'Canary Joe', now() + interval '1 hour')`, u.request[:], u.shop, dbtest.Key)
	write(`INSERT INTO identity_handles (handle_hash, tenant_key, subject, email, name, jkt, expires_at)
		VALUES ($1, $2, 'canary-joe', 'canary-joe@post.example', 'Canary Joe', $3, now() + interval '1 hour')`, u.handle[:], u.shop, dbtest.Key)
	write(`INSERT INTO tickets (ticket_hash, tenant_key, subject, email, name, expires_at)
		VALUES ($1, $2, 'canary-joe', 'canary-joe@post.example', 'Canary Joe', now() + interval '1 hour')`, ticket[:], u.shop)

	config, err := pgx.ParseConfig(u.URL)
	must(t, err)
	config.RuntimeParams["application_name"] = "aside"
	u.older, err = pgx.ConnectConfig(t.Context(), config)
	must(t, err)
	t.Cleanup(func() { _ = u.older.Close(context.Background()) })
	_, err = db.Migrate(t.Context(), d.URL)
	must(t, err)
	u.DB = u.Node(t, db.Options{MaxConns: 8, SessionCache: -1})
	return u
}

var canaryJoe = db.Subject{ID: "canary-joe", Email: "canary-joe@post.example", Name: "Canary Joe"}

// useOlderRows uses everything that the older release has stored.
func (u *upgrade) useOlderRows(t *testing.T, d *db.DB) {
	t.Helper()
	account, err := d.LookUpSession(t.Context(), db.Token{Hash: u.cookie}, "")
	must(t, err)
	if account.DisplayName != "Canary Alice" {
		t.Errorf("she is called %q", account.DisplayName)
	}
	widget, err := d.LookUpSession(t.Context(), db.Token{Hash: u.widget}, dbtest.Key)
	must(t, err)
	if i, err := d.IdentityOf(t.Context(), widget); err != nil || i.Subject != canaryJoe {
		t.Errorf("her widget's session is of %+v, %v", i, err)
	}
	if whose, err := d.LinkedTo(t.Context(), u.shop, "canary-joe"); err != nil || whose != u.alice {
		t.Errorf("joe is %s, %v", whose, err)
	}
	if vera, err := d.LookUpSession(t.Context(), db.Token{Hash: u.vouched}, dbtest.Key); err != nil || vera.UserID != u.vera || vera.DisplayName != "Canary Vera" {
		t.Errorf("Vera's session is %+v, %v", vera, err)
	}
	if yes, err := d.HasVouchedAccount(t.Context(), u.shop, "canary-vera"); err != nil || !yes {
		t.Errorf("the shop does not vouch for Vera any more: %v", err)
	}
	if keys, err := d.Passkeys(t.Context(), u.alice); err != nil || keys[0].Name != "canary phone" {
		t.Errorf("her passkeys are %+v, %v", keys, err)
	}
	if found, err := d.FindAccounts(t.Context(), "canary alice"); err != nil || len(found) != 1 || found[0].ID != u.alice {
		t.Errorf("found %v, %v", found, err)
	}
	if s, _, err := d.SubjectOfHandle(t.Context(), u.handle, u.shop, dbtest.Key); err != nil || *s != canaryJoe {
		t.Errorf("the handle is of %+v, %v", s, err)
	}
	if r, err := d.OpenRequest(t.Context(), u.request, u.shop, u.browser, time.Hour); err != nil || *r.AssertedSubject() != canaryJoe {
		t.Errorf("the request is %+v, %v", r, err)
	}
	if _, err := d.GrantVouched(t.Context(), u.shop, canaryJoe, u.VouchingEvidence(t, u.shop), dbtest.Key, "https://shop.example", newSession()); !errors.Is(err, db.ErrPasskeyRequired) {
		t.Errorf("joe's assertion alone: %v", err)
	}
	again := newSession()
	must(t, errorOf(d.GrantVouched(t.Context(), u.shop, db.Subject{ID: "canary-vera"}, u.VouchingEvidence(t, u.shop), dbtest.Key, "https://shop.example", again)))
	if vera, err := d.LookUpSession(t.Context(), db.Token{Hash: again.Token}, dbtest.Key); err != nil || vera.UserID != u.vera {
		t.Errorf("Vera is another one: %+v, %v", vera, err)
	}
	// Nobody else can link joe.
	bob := &dbtest.Person{}
	session := newSession()
	if bob.ID, err = d.SignUp(t.Context(), newUser(), session, nil); err != nil {
		t.Fatal(err)
	}
	bob.Account, err = d.LookUpSession(t.Context(), db.Token{Hash: session.Token}, "")
	must(t, err)
	at := *u.Database
	at.DB = d
	if err := linkSubject(t, &at, bob, &db.Tenant{Key: u.shop}, canaryJoe); !errors.Is(err, db.ErrLinkedElsewhere) {
		t.Errorf("somebody else links joe: %v", err)
	}
}

// olderLinks links a subject like the older release.
func (u *upgrade) olderLinks(t *testing.T, subject string, user uuid.UUID) (whose uuid.UUID, err error) {
	tx, err := u.older.Begin(t.Context())
	must(t, err)
	defer func() { _ = tx.Rollback(context.Background()) }()
	_, err = tx.Exec(t.Context(), `SET LOCAL ROLE aside_auth`)
	must(t, err)
	err = tx.QueryRow(t.Context(), `INSERT INTO identities (id, tenant_key, subject, user_id, email, name) VALUES (gen_random_uuid(), $1, $2, $3, 'e', 'n')
		ON CONFLICT (tenant_key, subject) DO UPDATE SET email = excluded.email, name = excluded.name RETURNING user_id`, u.shop, subject, user).Scan(&whose)
	if err != nil {
		return whose, err
	}
	return whose, tx.Commit(t.Context())
}

// endSealingDelay moves the start of sealing an hour into the past, so that all nodes have followed.
func (u *upgrade) endSealingDelay(t *testing.T) {
	t.Helper()
	u.Exec(t, `UPDATE sealing SET started_at = started_at - interval '1 hour'`)
}
