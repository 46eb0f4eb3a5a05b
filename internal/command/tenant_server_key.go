package command

import (
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

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
