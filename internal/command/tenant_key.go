package command

import (
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/db"
)

type tenantKey struct {
	Add    keyAdd          `cmd:"" help:"Add a key that verifies assertions, and print it as JSON. A generated secret is printed only once."`
	List   keyList         `cmd:"" help:"Print the keys that verify assertions as JSON."`
	Revoke keyRevoke       `cmd:"" help:"Revoke a key that verifies assertions."`
	Server tenantServerKey `cmd:"" help:"Manage the keys of the tenant's backend."`
}

type keyAdd struct {
	tenantArgument
	PublicJWK string `name:"public-jwk" xor:"kind" help:"Public key, as a JWK with its alg. Without it or --jwks-url, a shared secret is generated." placeholder:"JSON"`
	JWKSURL   string `name:"jwks-url" xor:"kind" help:"URL of the tenant's own key set." placeholder:"URL"`
}

// Run adds a public key, a key set, or a shared secret that it generates.
func (c *keyAdd) Run(e *environment, d *db.DB) error {
	kind := db.SharedSecret
	switch {
	case c.PublicJWK != "":
		kind = db.PublicJWK
	case c.JWKSURL != "":
		kind = db.JWKSURL
	}
	k, generated, err := assertion.NewKey(c.Key, kind, "", c.PublicJWK, c.JWKSURL, false)
	if err != nil {
		return err
	}
	if err := d.AddAssertionKey(e.ctx, db.Operator(k.TenantKey), k); err != nil {
		return err
	}
	printed := printKey(k)
	printed.Secret = generated
	return e.print(printed, nil)
}

// A printedKey holds the fields of an assertion key that operators see.
type printedKey struct {
	ID         uuid.UUID           `json:"id"`
	Kind       db.AssertionKeyKind `json:"kind"`
	KeyID      string              `json:"kid,omitempty"`
	Algorithm  string              `json:"algorithm,omitempty"`
	Thumbprint string              `json:"thumbprint,omitempty"`
	URL        string              `json:"jwksUrl,omitempty"`
	FetchedAt  *time.Time          `json:"fetchedAt,omitempty"`
	FetchError string              `json:"fetchError,omitempty"`
	Revoked    bool                `json:"revoked"`
	Secret     string              `json:"secret,omitempty"`
}

func printKey(k *db.AssertionKey) printedKey {
	return printedKey{
		ID: k.ID, Kind: k.Kind, KeyID: k.KeyID, Algorithm: k.Algorithm, Thumbprint: assertion.Thumbprint(k), URL: k.URL,
		FetchedAt: k.FetchedAt, FetchError: k.FetchError, Revoked: k.RevokedAt != nil,
	}
}

type keyList struct {
	tenantArgument
}

// Run lists a tenant's assertion keys.
func (c *keyList) Run(e *environment, d *db.DB) error {
	keys, err := d.AssertionKeys(e.ctx, c.Key)
	printed := make([]printedKey, len(keys))
	for i, k := range keys {
		printed[i] = printKey(k)
	}
	return e.print(printed, err)
}

type keyRevoke struct {
	tenantArgument
	ID uuid.UUID `arg:"" help:"Assertion key's id."`
}

// Run revokes an assertion key.
func (c *keyRevoke) Run(e *environment, d *db.DB) error {
	return e.print(map[string]uuid.UUID{"id": c.ID}, d.RevokeAssertionKey(e.ctx, db.Operator(c.Key), c.ID))
}

type tenantServerKey struct {
	Make   serverKeyMake   `cmd:"" default:"withargs" help:"Create a server key (sk_…) and print it as JSON, only once."`
	List   serverKeyList   `cmd:"" help:"Print the live server keys as JSON, without their secrets."`
	Revoke serverKeyRevoke `cmd:"" help:"Revoke a server key."`
}

type serverKeyMake struct {
	tenantArgument
	Name string `required:"" help:"Name of the server key, 1 to 80 characters."`
}

// Run creates a key for the tenant's backend.
func (c *serverKeyMake) Run(e *environment, d *db.DB) error {
	k, secret, err := d.CreateServerKey(e.ctx, db.Operator(c.Key), c.Name)
	if err != nil {
		return err
	}
	return e.print(map[string]any{"id": k.ID, "name": k.Name, "secret": secret}, nil)
}

type serverKeyList struct {
	tenantArgument
}

// A printedServerKey holds the fields of a server key that operators see.
type printedServerKey struct {
	ID         uuid.UUID  `json:"id"`
	Name       string     `json:"name"`
	Prefix     string     `json:"prefix"`
	CreatedAt  time.Time  `json:"createdAt"`
	LastUsedAt *time.Time `json:"lastUsedAt,omitempty"`
}

// Run lists the keys of the tenant's backend.
func (c *serverKeyList) Run(e *environment, d *db.DB) error {
	if _, err := d.Tenant(e.ctx, c.Key); err != nil {
		return err
	}
	keys, err := d.ServerKeys(e.ctx, c.Key)
	printed := make([]printedServerKey, len(keys))
	for i, k := range keys {
		printed[i] = printedServerKey{k.ID, k.Name, k.Prefix, k.CreatedAt, k.LastUsedAt}
	}
	return e.print(printed, err)
}

type serverKeyRevoke struct {
	tenantArgument
	ID uuid.UUID `arg:"" help:"Server key's id."`
}

// Run revokes a key of the tenant's backend.
func (c *serverKeyRevoke) Run(e *environment, d *db.DB) error {
	return e.print(map[string]uuid.UUID{"id": c.ID}, d.RevokeServerKey(e.ctx, db.Operator(c.Key), c.ID))
}
