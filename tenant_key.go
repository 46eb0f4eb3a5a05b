package main

import (
	"github.com/google/uuid"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
)

type tenantKeyCommand struct {
	Add    keyAddCommand          `cmd:"" help:"Add a key that verifies assertions, and print it as JSON. A secret that is made is printed once."`
	List   keyListCommand         `cmd:"" help:"Print the keys that verify assertions as JSON."`
	Revoke keyRevokeCommand       `cmd:"" help:"End a key that verifies assertions."`
	Server tenantServerKeyCommand `cmd:"" help:"Keys of the tenant's backend."`
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
		k, made, err := auth.NewAssertionKey(c.Key, kind, "", c.PublicJWK, c.JWKSURL, false)
		if err != nil {
			return nil, err
		}
		if err := store.AddAssertionKey(env.ctx, db.Operator, k); err != nil {
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
		return map[string]uuid.UUID{"id": c.ID}, store.RevokeAssertionKey(env.ctx, db.Operator, c.Key, c.ID)
	})
}
