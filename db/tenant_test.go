package db_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// actions returns the entries of a tenant's audit log, oldest first.
func actions(t *testing.T, d *dbtest.Database, tenantKey string) (list []string) {
	t.Helper()
	events, err := d.DB.Events(t.Context(), tenantKey, uuid.Nil, 100)
	must(t, err)
	for _, e := range events {
		list = append([]string{strings.TrimSpace(strings.Join([]string{e.Actor, e.Action, e.Target, e.Detail}, " "))}, list...)
	}
	return list
}

// Each change of a tenant adds an entry to the audit log. A request that changes nothing adds none.
func TestEveryChangeOfATenantIsAudited(t *testing.T) {
	d := dbtest.New(t)
	owner := d.Person(t, "Ann")
	owner.Account.From = "192.0.2.7"
	shop, err := d.DB.CreateTenantFor(t.Context(), owner.Account, "Shop")
	must(t, err)
	ann := d.Seat(t, owner, shop.Key)
	yes, name, accent, empty, required := true, "The Shop", "#2F5D50", "", db.AssertionRequired
	key := &db.AssertionKey{TenantKey: shop.Key, Kind: db.SharedSecret, KeyID: "k1", Algorithm: "HS256", Secret: make([]byte, 32)}
	var server *db.ServerKey
	changed := func(_ *db.Tenant, err error) error { return err }
	for _, c := range []struct {
		change func() error
		says   string // "" if nothing changes
	}{
		{func() error { return changed(d.DB.AddEmbedOrigin(t.Context(), ann, "https://Blog.example")) }, "m_ann origin.added https://blog.example"},
		{func() error { return changed(d.DB.AddEmbedOrigin(t.Context(), ann, "https://blog.example")) }, ""},
		{func() error {
			return changed(d.DB.RemoveEmbedOrigin(t.Context(), ann, "https://blog.example/"))
		}, "m_ann origin.removed https://blog.example"},
		{func() error {
			return changed(d.DB.UpdateTenant(t.Context(), ann, db.TenantChange{Name: &name}))
		}, `m_ann tenant.renamed name "Shop" → "The Shop"`},
		{func() error {
			return changed(d.DB.UpdateTenant(t.Context(), ann, db.TenantChange{Name: &name}))
		}, ""},
		{func() error {
			return changed(d.DB.UpdateTenant(t.Context(), ann, db.TenantChange{Assertion: &required}))
		}, `m_ann policy.changed assertion "OPTIONAL" → "REQUIRED"`},
		{func() error {
			return changed(d.DB.UpdateTenant(t.Context(), ann, db.TenantChange{RequireNonce: &yes}))
		}, `m_ann policy.changed requireNonce "false" → "true"`},
		{func() error {
			return changed(d.DB.UpdateTenant(t.Context(), ann, db.TenantChange{VouchedAccounts: &yes}))
		}, `m_ann policy.changed vouchedAccounts "false" → "true"`},
		{func() error {
			return changed(d.DB.UpdateTenant(t.Context(), ann, db.TenantChange{BrandName: &name}))
		}, `m_ann branding.changed name "" → "The Shop"`},
		{func() error {
			return changed(d.DB.UpdateTenant(t.Context(), ann, db.TenantChange{Accent: &accent}))
		}, `m_ann branding.changed accent "" → "#2f5d50"`},
		{func() error {
			return changed(d.DB.UpdateTenant(t.Context(), ann, db.TenantChange{Accent: &empty}))
		}, `m_ann branding.changed accent "#2f5d50" → ""`},
		{func() error { return d.DB.AddAssertionKey(t.Context(), ann, key) }, "m_ann assertion_key.added <key> SHARED_SECRET HS256 k1"},
		{func() error { return d.DB.RevokeAssertionKey(t.Context(), ann, key.ID) }, "m_ann assertion_key.revoked <key> SHARED_SECRET HS256 k1"},
		{func() (err error) {
			server, _, err = d.DB.CreateServerKey(t.Context(), ann, "backend")
			return err
		}, "m_ann server_key.created <prefix> backend"},
		{func() error {
			backend, err := server.Seat(shop.Key, "")
			if err != nil {
				return err
			}
			return changed(d.DB.AddEmbedOrigin(t.Context(), backend, "https://backend.example"))
		}, "server key <prefix> origin.added https://backend.example"},
		{func() error { return d.DB.RevokeServerKey(t.Context(), ann, server.ID) }, "m_ann server_key.revoked <prefix> backend"},
		{func() error { _, _, err := d.DB.Invite(t.Context(), ann, db.RoleAdmin); return err }, "m_ann member.invited  ADMIN"},
		{func() error { return changed(d.DB.Suspend(t.Context(), db.Operator(shop.Key))) }, "operator tenant.suspended"},
		{func() error { return changed(d.DB.Suspend(t.Context(), db.Operator(shop.Key))) }, ""},
		{func() error { return changed(d.DB.Resume(t.Context(), db.Operator(shop.Key))) }, "operator tenant.resumed"},
		{func() error { return changed(d.DB.Resume(t.Context(), db.Operator(shop.Key))) }, ""},
	} {
		before := actions(t, d, shop.Key)
		must(t, c.change())
		added := actions(t, d, shop.Key)[len(before):]
		want := strings.ReplaceAll(c.says, "<key>", key.ID.String())
		want = strings.ReplaceAll(want, "m_ann", d.DB.MemberID(owner.ID, shop.Key))
		if server != nil {
			want = strings.ReplaceAll(want, "<prefix>", server.Prefix)
		}
		if got := strings.Join(added, "; "); got != want {
			t.Errorf("the log says %q, not %q", got, want)
		}
	}
	first, err := d.DB.Events(t.Context(), shop.Key, uuid.Nil, 100)
	must(t, err)
	if e := first[len(first)-1]; e.Action != "tenant.created" || e.IP != "192.0.2.7" {
		t.Errorf("the first entry is %+v", e)
	}
}

// Even the role that writes the audit log can't change it.
func TestTheLogIsAppendOnly(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	c := d.Connect(t, d.URL)
	for _, role := range []string{"aside_auth", "aside_app"} {
		if _, err := c.Exec(t.Context(), `SET ROLE `+role); err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{`UPDATE audit_events SET detail = 'nothing'`, `DELETE FROM audit_events`, `TRUNCATE audit_events`} {
			if _, err := c.Exec(t.Context(), statement); err == nil {
				t.Errorf("%s may %s", role, statement)
			}
		}
	}
	if got := actions(t, d, shop.Key); len(got) != 1 {
		t.Errorf("the log says %q", got)
	}
}

func TestARefusedChangeChangesNothing(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	yes, none, long, red, invisible := true, db.AssertionNone, strings.Repeat("x", 81), "red", "a\x07b"
	for name, c := range map[string]struct {
		change db.TenantChange
		field  string
	}{
		"a name that is too long":       {db.TenantChange{Name: &long}, "name"},
		"a name with a control":         {db.TenantChange{Name: &invisible}, "name"},
		"vouching without assertions":   {db.TenantChange{Assertion: &none, VouchedAccounts: &yes}, "vouchedAccounts"},
		"a brand name that is too long": {db.TenantChange{BrandName: &long}, "brandName"},
		"a color that is none":          {db.TenantChange{Accent: &red}, "accent"},
	} {
		_, err := d.DB.UpdateTenant(t.Context(), db.Operator(shop.Key), c.change)
		if refused, ok := errors.AsType[*db.Error](err); !ok || refused.Code != db.CodeInvalid || refused.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.DB.UpdateTenant(t.Context(), db.Operator("t_nobody"), db.TenantChange{}); !errors.Is(err, db.ErrUnknownTenant) {
		t.Errorf("a tenant that does not exist: %v", err)
	}
	if got := actions(t, d, shop.Key); len(got) != 1 {
		t.Errorf("the log says %q", got)
	}
}

// Removing an origin or suspending the tenant ends its sessions on every node: at once for access to notes, otherwise once
// the session cache expires.
func TestRevocationsEndOpenSessions(t *testing.T) {
	for name, end := range map[string]func(d *db.DB, ctx context.Context, key string) (*db.Tenant, error){
		"an origin removed": func(d *db.DB, ctx context.Context, key string) (*db.Tenant, error) {
			return d.RemoveEmbedOrigin(ctx, db.Operator(key), "https://shop.example")
		},
		"a tenant suspended": func(d *db.DB, ctx context.Context, key string) (*db.Tenant, error) {
			return d.Suspend(ctx, db.Operator(key))
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.New(t)
			far := d.Node(t, db.Options{MaxConns: 4, SessionCache: time.Second})
			alice, shop, paper := d.Person(t, "Alice"), d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
			token, other := alice.WidgetToken(t, shop), alice.WidgetToken(t, paper)
			open, err := far.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key)
			must(t, err)
			n, err := far.CreateNote(t.Context(), open.Owner(), db.NewNote{Title: "x"})
			must(t, err)

			_, err = end(d.DB, t.Context(), shop.Key)
			must(t, err)
			if _, err := far.Note(t.Context(), open.Owner(), n.ID); !errors.Is(err, db.ErrNoSession) {
				t.Errorf("the other node still reads: %v", err)
			}
			if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key); !errors.Is(err, db.ErrNoSession) {
				t.Errorf("this node still knows the session: %v", err)
			}
			ended := time.Now()
			for {
				asked := time.Since(ended)
				if _, err := far.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key); errors.Is(err, db.ErrNoSession) {
					break
				}
				if asked > 5*time.Second {
					t.Fatal("after 5 s the other node still knows the session")
				}
			}
			if _, err := far.LookUpSession(t.Context(), db.Token{Hash: other}, dbtest.Key); err != nil {
				t.Errorf("the session at another tenant: %v", err)
			}
			if _, err := d.DB.Note(t.Context(), alice.Account.Owner(), n.ID); err != nil {
				t.Errorf("at the account origin: %v", err)
			}
		})
	}
}

// A sign-in during a tenant's suspension, or the removal of its origin, leaves no session.
func TestRevocationsEndSessionsInProgress(t *testing.T) {
	for name, end := range map[string]func(d *dbtest.Database, key string) error{
		"an origin removed": func(d *dbtest.Database, key string) error {
			_, err := d.DB.RemoveEmbedOrigin(context.Background(), db.Operator(key), "https://shop.example")
			return err
		},
		"a tenant suspended": func(d *dbtest.Database, key string) error {
			_, err := d.DB.Suspend(context.Background(), db.Operator(key))
			return err
		},
	} {
		for way, begin := range map[string]func(t *testing.T, d *dbtest.Database, p *dbtest.Person, shop *db.Tenant) (db.TokenHash, error){
			"by a code": func(t *testing.T, _ *dbtest.Database, p *dbtest.Person, shop *db.Tenant) (db.TokenHash, error) {
				return p.Redeem(t, shop)
			},
			"vouched for": func(t *testing.T, d *dbtest.Database, _ *dbtest.Person, shop *db.Tenant) (db.TokenHash, error) {
				token := db.HashToken("vouched")
				return token, errorOf(d.DB.GrantVouched(t.Context(), shop.Key, db.Subject{ID: "joe"}, d.VouchingEvidence(t, shop.Key), dbtest.Key, "https://shop.example",
					db.NewSession{Token: token, Idle: time.Hour, Lifetime: time.Hour}))
			},
		} {
			t.Run(name+" "+way, func(t *testing.T) {
				d := dbtest.New(t)
				alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
				if way == "vouched for" {
					yes := true
					_, err := d.DB.UpdateTenant(t.Context(), db.Operator(shop.Key), db.TenantChange{VouchedAccounts: &yes})
					must(t, err)
				}
				proceed := blockEvent(t, d, "INSERT ON sessions")
				begun, ended := make(chan error, 1), make(chan error, 1)
				var token db.TokenHash
				go func() {
					var err error
					token, err = begin(t, d, alice, shop)
					begun <- err
				}()
				waitUntilBlocked(t, d, 1)
				go func() { ended <- end(d, shop.Key) }()
				done := false
				for !done && blocked(t, d) < 2 { // until it waits for the sign-in, or fails by ending too soon
					select {
					case err := <-ended:
						must(t, err)
						done = true
					default:
					}
				}
				proceed()
				must(t, <-begun)
				if !done {
					must(t, <-ended)
				}
				if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key); !errors.Is(err, db.ErrNoSession) {
					t.Errorf("the session is live: %v", err)
				}
				if _, err := begin(t, d, alice, shop); !db.IsCode(err, db.CodeGone) {
					t.Errorf("a sign-in after it: %v", err)
				}
			})
		}
	}
}

// blockEvent makes transactions with an event like "INSERT ON sessions" wait for each row until proceed is called.
func blockEvent(t *testing.T, d *dbtest.Database, event string) (proceed func()) {
	t.Helper()
	d.Exec(t, `CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN coalesce(NEW, OLD); END $$`)
	d.Exec(t, `CREATE TRIGGER stall BEFORE `+event+` FOR EACH ROW EXECUTE FUNCTION stall()`)
	c := d.Connect(t, d.Superuser())
	_, err := c.Exec(t.Context(), `SELECT pg_advisory_lock(7)`)
	must(t, err)
	return func() {
		_, err := c.Exec(t.Context(), `SELECT pg_advisory_unlock(7)`)
		must(t, err)
	}
}

// waitUntilBlocked waits until n connections wait for others.
func waitUntilBlocked(t *testing.T, d *dbtest.Database, n int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); blocked(t, d) < n; {
		if time.Now().After(deadline) {
			t.Fatalf("no %d wait for each other", n)
		}
	}
}

// blocked returns the number of connections that wait for another.
func blocked(t *testing.T, d *dbtest.Database) int {
	t.Helper()
	c := d.Connect(t, d.Superuser())
	defer func() { _ = c.Close(t.Context()) }()
	return dbtest.Blocked(t, c)
}

// Disabling vouching ends the sessions that the tenant could have opened itself, and no others.
func TestVouchingSwitchedOff(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	yes, no := true, false
	_, err := d.DB.UpdateTenant(t.Context(), db.Operator(shop.Key), db.TenantChange{VouchedAccounts: &yes})
	must(t, err)
	vouched, own := db.HashToken("vouched"), alice.WidgetToken(t, shop)
	must(t, errorOf(d.DB.GrantVouched(t.Context(), shop.Key, db.Subject{ID: "joe"}, d.VouchingEvidence(t, shop.Key), dbtest.Key, "https://shop.example",
		db.NewSession{Token: vouched, Idle: time.Hour, Lifetime: time.Hour})))
	_, err = d.DB.UpdateTenant(t.Context(), db.Operator(shop.Key), db.TenantChange{VouchedAccounts: &no})
	must(t, err)
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: vouched}, dbtest.Key); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("the vouched session: %v", err)
	}
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: own}, dbtest.Key); err != nil {
		t.Errorf("a session by passkey: %v", err)
	}
}

// A name in any script doesn't change the direction of the text around it.
func TestNamesCannotReverseText(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	for name, good := range map[string]bool{"שלום עולם": true, "قائمة الشاي": true, "Tea 🧑‍🌾": true, "\u202egnp.aet": false, "a\u2066b": false, "a\u0007b": false, "a\nb": false} {
		_, err := d.DB.CreateTenant(t.Context(), name, nil)
		_, renamed := d.DB.RenameUser(t.Context(), alice.Account, name)
		if (err == nil) != good || (renamed == nil) != good || !good && !db.IsCode(err, db.CodeInvalid) {
			t.Errorf("%q: a tenant's %v, a person's %v", name, err, renamed)
		}
	}
}
