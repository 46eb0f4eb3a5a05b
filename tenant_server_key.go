package main

import (
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

type tenantServerKeyCommand struct {
	Make   serverKeyMakeCommand   `cmd:"" default:"withargs" help:"Make one (sk_…) and print it as JSON, once."`
	List   serverKeyListCommand   `cmd:"" help:"Print the live ones as JSON, without their secrets."`
	Revoke serverKeyRevokeCommand `cmd:"" help:"End one."`
}

type serverKeyMakeCommand struct {
	databaseConfig
	Key  string `arg:"" help:"The tenant's key, t_…"`
	Name string `required:"" help:"What to know the key by, 1 to 80 characters."`
}

// Run makes a key for the tenant's backend.
func (c *serverKeyMakeCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (map[string]any, error) {
		k, secret, err := store.CreateServerKey(env.ctx, db.Operator, c.Key, c.Name)
		if err != nil {
			return nil, err
		}
		return map[string]any{"id": k.ID, "name": k.Name, "secret": secret}, nil
	})
}

type serverKeyListCommand struct {
	databaseConfig
	Key string `arg:"" help:"The tenant's key, t_…"`
}

// printedServerKey is what of a server key may be seen.
type printedServerKey struct {
	ID         uuid.UUID  `json:"id"`
	Name       string     `json:"name"`
	Prefix     string     `json:"prefix"`
	CreatedAt  time.Time  `json:"createdAt"`
	LastUsedAt *time.Time `json:"lastUsedAt,omitempty"`
}

// Run lists the keys of the tenant's backend.
func (c *serverKeyListCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) ([]printedServerKey, error) {
		if _, err := store.Tenant(env.ctx, c.Key); err != nil {
			return nil, err
		}
		keys, err := store.ServerKeys(env.ctx, c.Key)
		printed := make([]printedServerKey, len(keys))
		for i, k := range keys {
			printed[i] = printedServerKey{k.ID, k.Name, k.Prefix, k.CreatedAt, k.LastUsedAt}
		}
		return printed, err
	})
}

type serverKeyRevokeCommand struct {
	databaseConfig
	Key string    `arg:"" help:"The tenant's key, t_…"`
	ID  uuid.UUID `arg:"" help:"The server key's id."`
}

// Run ends a key of the tenant's backend.
func (c *serverKeyRevokeCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (map[string]uuid.UUID, error) {
		return map[string]uuid.UUID{"id": c.ID}, store.RevokeServerKey(env.ctx, db.Operator, c.Key, c.ID)
	})
}
