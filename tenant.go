package main

import (
	"encoding/json"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
)

type migrateCommand struct{ databaseConfig }

// Run brings the database up to date.
func (c *migrateCommand) Run(env *environment) error {
	store, err := open(env, &c.databaseConfig, db.Options{})
	if err != nil {
		return err
	}
	return store.close()
}

type tenantCommand struct {
	Create tenantCreateCommand `cmd:"" help:"Make a tenant and print it as JSON."`
	Show   tenantShowCommand   `cmd:"" help:"Print a tenant as JSON."`
	Origin tenantOriginCommand `cmd:"" help:"Which origins' pages may embed the widget."`
	Audit  tenantAuditCommand  `cmd:"" help:"Print the newest entries of a tenant's audit log as JSON."`
	Policy tenantPolicyCommand `cmd:"" help:"Change what a tenant has decided about assertions, and print it as JSON."`
	Key    tenantKeyCommand    `cmd:"" help:"Keys: those that verify assertions, and those of the tenant's backend."`
}

type tenantCreateCommand struct {
	databaseConfig
	Name   string   `required:"" help:"What visitors see, 1 to 80 characters."`
	Origin []string `help:"An origin whose pages may embed the widget, like https://shop.example. May be repeated." placeholder:"ORIGIN"`
}

// Run makes a tenant.
func (c *tenantCreateCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) {
		return store.CreateTenant(env.ctx, c.Name, c.Origin)
	})
}

type tenantShowCommand struct {
	databaseConfig
	Key string `arg:"" help:"The tenant's key, t_…"`
}

// Run prints a tenant.
func (c *tenantShowCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) { return store.Tenant(env.ctx, c.Key) })
}

type tenantOriginCommand struct {
	Add    originAddCommand    `cmd:"" help:"Let the pages of an origin embed the widget, and print the tenant as JSON."`
	Remove originRemoveCommand `cmd:"" help:"Take that back, end the sessions that were begun there, and print the tenant as JSON."`
}

type originAddCommand struct {
	databaseConfig
	Key    string `arg:"" help:"The tenant's key, t_…"`
	Origin string `arg:"" help:"The origin, like https://shop.example."`
}

// Run adds an embed origin.
func (c *originAddCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) {
		return store.AddEmbedOrigin(env.ctx, c.Key, c.Origin)
	})
}

type originRemoveCommand struct {
	databaseConfig
	Key    string `arg:"" help:"The tenant's key, t_…"`
	Origin string `arg:"" help:"The origin, as the tenant's JSON has it."`
}

// Run removes an embed origin.
func (c *originRemoveCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) {
		return store.RemoveEmbedOrigin(env.ctx, c.Key, c.Origin)
	})
}

type tenantAuditCommand struct {
	databaseConfig
	Key   string `arg:"" help:"The tenant's key, t_…"`
	Limit int    `default:"50" help:"How many entries, 1,000 at most."`
}

// Run prints the newest audit events, the newest first.
func (c *tenantAuditCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) ([]*db.Event, error) {
		return store.Events(env.ctx, c.Key, c.Limit)
	})
}

type tenantPolicyCommand struct {
	databaseConfig
	Key             string `arg:"" help:"The tenant's key, t_…"`
	Assertion       string `enum:"none,optional,required," default:"" help:"Whether visitors may, or must, come with an assertion: none, optional or required."`
	RequireNonce    *bool  `negatable:"" help:"Whether an assertion must be made for the widget's key."`
	VouchedAccounts *bool  `negatable:"" help:"Whether an assertion alone opens an account of its own, which the tenant can read."`
}

// Run changes a tenant's policy; what is not given stays.
func (c *tenantPolicyCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) {
		t, err := store.Tenant(env.ctx, c.Key)
		if err != nil {
			return nil, err
		}
		p := t.Policy
		switch c.Assertion {
		case "none":
			p.Assertion = db.AssertionNone
		case "optional":
			p.Assertion = db.AssertionOptional
		case "required":
			p.Assertion = db.AssertionRequired
		}
		if c.RequireNonce != nil {
			p.RequireNonce = *c.RequireNonce
		}
		if c.VouchedAccounts != nil {
			p.VouchedAccounts = *c.VouchedAccounts
		}
		return store.UpdateTenant(env.ctx, t.Key, nil, p)
	})
}

type tenantKeyCommand struct {
	Add    keyAddCommand    `cmd:"" help:"Add a key that verifies assertions, and print it as JSON. A secret that is made is printed once."`
	List   keyListCommand   `cmd:"" help:"Print the keys that verify assertions as JSON."`
	Revoke keyRevokeCommand `cmd:"" help:"End a key that verifies assertions."`
	Server keyServerCommand `cmd:"" help:"Make a key for the tenant's backend (sk_…) and print it as JSON, once."`
}

type keyAddCommand struct {
	databaseConfig
	Key       string `arg:"" help:"The tenant's key, t_…"`
	PublicJWK string `name:"public-jwk" xor:"kind" help:"A public key, as a JWK with its alg." placeholder:"JSON"`
	JWKSURL   string `name:"jwks-url" xor:"kind" help:"The address of the tenant's own key set." placeholder:"URL"`
}

// Run adds a key: a public one, a key set, or a shared secret that it makes.
func (c *keyAddCommand) Run(env *environment) error {
	kind := db.SharedSecret
	switch {
	case c.PublicJWK != "":
		kind = db.PublicJWK
	case c.JWKSURL != "":
		kind = db.JWKSURL
	}
	return answer(env, &c.databaseConfig, func(store *db.DB) (any, error) {
		if _, err := store.Tenant(env.ctx, c.Key); err != nil {
			return nil, err
		}
		k, made, err := auth.NewAssertionKey(c.Key, kind, "", c.PublicJWK, c.JWKSURL, false)
		if err != nil {
			return nil, err
		}
		if err := store.AddAssertionKey(env.ctx, k); err != nil {
			return nil, err
		}
		return printedKey{k.ID, k.Kind, k.KeyID, k.Algorithm, k.RevokedAt != nil, made}, nil
	})
}

// printedKey is what of a key may be seen.
type printedKey struct {
	ID        uuid.UUID           `json:"id"`
	Kind      db.AssertionKeyKind `json:"kind"`
	KeyID     string              `json:"kid,omitempty"`
	Algorithm string              `json:"algorithm,omitempty"`
	Revoked   bool                `json:"revoked"`
	Secret    string              `json:"secret,omitempty"`
}

type keyListCommand struct {
	databaseConfig
	Key string `arg:"" help:"The tenant's key, t_…"`
}

// Run lists a tenant's keys.
func (c *keyListCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) ([]printedKey, error) {
		keys, err := store.AssertionKeys(env.ctx, c.Key)
		printed := make([]printedKey, len(keys))
		for i, k := range keys {
			printed[i] = printedKey{ID: k.ID, Kind: k.Kind, KeyID: k.KeyID, Algorithm: k.Algorithm, Revoked: k.RevokedAt != nil}
		}
		return printed, err
	})
}

type keyRevokeCommand struct {
	databaseConfig
	Key string    `arg:"" help:"The tenant's key, t_…"`
	ID  uuid.UUID `arg:"" help:"The assertion key's id."`
}

// Run ends a key.
func (c *keyRevokeCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (map[string]uuid.UUID, error) {
		return map[string]uuid.UUID{"id": c.ID}, store.RevokeAssertionKey(env.ctx, c.Key, c.ID)
	})
}

type keyServerCommand struct {
	databaseConfig
	Key  string `arg:"" help:"The tenant's key, t_…"`
	Name string `required:"" help:"What to know the key by, 1 to 80 characters."`
}

// Run makes a key for the tenant's backend.
func (c *keyServerCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (map[string]any, error) {
		if _, err := store.Tenant(env.ctx, c.Key); err != nil {
			return nil, err
		}
		k, secret, err := store.CreateServerKey(env.ctx, c.Key, c.Name)
		if err != nil {
			return nil, err
		}
		return map[string]any{"id": k.ID, "name": k.Name, "secret": secret}, nil
	})
}

// answer opens the database, does what it is told and prints what this gives.
func answer[T any](env *environment, c *databaseConfig, do func(*db.DB) (T, error)) error {
	store, err := openBeside(env, c)
	if err != nil {
		return err
	}
	given, err := do(store.db)
	if closeErr := store.close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(env.stdout).Encode(given)
}
