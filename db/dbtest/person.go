package dbtest

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

// A Person has an account, made as the popup makes one but without a WebAuthn ceremony.
type Person struct {
	ID       uuid.UUID
	Name     string
	Account  *db.Session  // live, at the account origin
	Cookie   db.TokenHash // the token hash of Account
	Origin   string       // of the pages with the widget
	Mode     string       // how a sign-in is answered: web_message, or query without a page around the widget
	database *Database
}

// Tenant makes a tenant with the embed origin https://shop.example.
func (d *Database) Tenant(t testing.TB, name string) *db.Tenant {
	t.Helper()
	tenant, err := d.DB.CreateTenant(t.Context(), name, []string{"https://shop.example"})
	must(t, err)
	return tenant
}

// Seat returns a member's seat at a tenant.
func (d *Database) Seat(t testing.TB, p *Person, tenantKey string) db.Seat {
	t.Helper()
	seat, err := d.DB.Administer(t.Context(), p.Account, tenantKey, db.RoleViewer)
	if err != nil {
		t.Fatal(err)
	}
	return seat
}

// ServerKey makes a key for a tenant's backend.
func (d *Database) ServerKey(t testing.TB, tenant *db.Tenant) *db.ServerKey {
	t.Helper()
	k, _, err := d.DB.CreateServerKey(t.Context(), db.Operator(tenant.Key), "backend")
	must(t, err)
	return k
}

// Evidence returns evidence that is accepted for a tenant's assertions: a server key that nobody knows.
func (d *Database) Evidence(t testing.TB, tenantKey string) db.Evidence {
	t.Helper()
	hash := secret()
	e := db.Evidence{Key: uuid.New(), Nonce: true}
	d.Exec(t, `INSERT INTO server_keys (id, tenant_key, name, prefix, key_hash) VALUES ($1, $2, 'backend', 'sk_nobody', $3)`, e.Key, tenantKey, hash[:])
	return e
}

// VouchingEvidence is Evidence for a tenant, which it also lets vouch for accounts.
func (d *Database) VouchingEvidence(t testing.TB, tenantKey string) db.Evidence {
	t.Helper()
	d.Exec(t, `UPDATE tenants SET vouched_accounts = true WHERE key = $1`, tenantKey)
	return d.Evidence(t, tenantKey)
}

// Policy returns the change that sets a tenant's whole policy.
func Policy(p db.Policy) db.TenantChange {
	return db.TenantChange{Assertion: &p.Assertion, RequireNonce: &p.RequireNonce, VouchedAccounts: &p.VouchedAccounts}
}

// Person makes an account.
func (d *Database) Person(t testing.TB, name string) *Person {
	t.Helper()
	p := &Person{Name: name, Cookie: secret(), Origin: "https://shop.example", Mode: "web_message", database: d}
	credential := secret()
	var err error
	p.ID, err = d.DB.SignUp(t.Context(), db.NewUser{
		Handle:      d.DB.NewUserHandle(),
		DisplayName: name,
		Passkey:     db.Passkey{CredentialID: credential[:], PublicKey: []byte{1}, AAGUID: make([]byte, 16), Transports: []string{"internal"}},
	}, db.NewSession{Token: p.Cookie, Idle: 30 * time.Minute, Lifetime: 12 * time.Hour}, nil)
	must(t, err)
	p.Account, err = d.DB.LookUpSession(t.Context(), db.Token{User: p.ID, Hash: p.Cookie}, "")
	must(t, err)
	return p
}

// Key is the thumbprint of the key that the sessions of Widget are bound to.
const Key = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"

// Widget signs the person in at a tenant, through all steps of an authorization request.
func (p *Person) Widget(t testing.TB, tenant *db.Tenant) *db.Session {
	t.Helper()
	session, err := p.database.DB.LookUpSession(t.Context(), db.Token{User: p.ID, Hash: p.WidgetToken(t, tenant)}, Key)
	must(t, err)
	return session
}

// WidgetToken is Widget for tests that present the token themselves.
func (p *Person) WidgetToken(t testing.TB, tenant *db.Tenant) db.TokenHash {
	t.Helper()
	token, err := p.Redeem(t, tenant)
	must(t, err)
	return token
}

// Redeem is WidgetToken for tests in which it may be refused.
func (p *Person) Redeem(t testing.TB, tenant *db.Tenant) (db.TokenHash, error) {
	t.Helper()
	d, browser, uri, code, token := p.database.DB, secret(), secret(), secret(), secret()
	request := &db.AuthorizationRequest{
		RequestURIHash: uri[:], TenantKey: tenant.Key, RedirectURI: "https://frame.example/embed/" + tenant.Key,
		ResponseMode: p.Mode, Scope: "notes", JKT: Key, EmbedOrigin: p.Origin,
	}
	if err := d.PushRequest(t.Context(), request, time.Minute); err != nil {
		return token, err
	}
	opened, err := d.OpenRequest(t.Context(), uri, tenant.Key, browser, time.Minute)
	if err != nil {
		return token, err
	}
	if err := d.GrantRequest(t.Context(), opened.ID, browser, p.Account, false, code, time.Minute); err != nil {
		return token, err
	}
	_, err = d.RedeemCode(t.Context(), code, func(*db.AuthorizationRequest) error { return nil },
		db.NewSession{Token: token, Idle: 2 * time.Hour, Lifetime: 12 * time.Hour})
	return token, err
}

func secret() (h db.TokenHash) {
	_, _ = rand.Read(h[:])
	return h
}
