package server

import (
	"bytes"
	"context"
	"encoding/base64"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/widget/example"
)

// The demo's tenant key never changes, so that the shop's address can be bookmarked.
const demoTenant = "t_demo"

// addDemo creates the demo tenant and serves its shop on a listener of its own. The shop is company B: it has nothing of
// ours but the public snippet and the secret that it signs its assertions with.
func (s *Server) addDemo(ctx context.Context, c *Config, keys *seal.Keyring) error {
	listener, err := s.listen(c.DemoListen)
	if err != nil {
		return err
	}
	origin := originOf(c.DemoOrigin, "shop.localhost", listener)
	if _, err := s.db.EnsureTenant(ctx, demoTenant, "Hillside Tea", []string{origin}); err != nil {
		return err
	}
	key := demoSecret(keys)
	if err := s.ensureDemoKey(ctx, key); err != nil {
		return err
	}
	s.shop = origin
	s.add(listener, example.Shop(example.Config{
		FrameOrigin: s.frame, AccountOrigin: s.account, TenantKey: demoTenant, Secret: key,
	}))
	return nil
}

// demoSecret returns the demo shop's shared secret, in the form that tenants' secrets have. It is derived from the
// master key, so that all nodes have the same one after every start.
func demoSecret(keys *seal.Keyring) []byte {
	return base64.RawURLEncoding.AppendEncode(nil, keys.Derive("demo assertion secret"))
}

// The key's fixed id makes two nodes that start at once add one key, not two.
const demoKeyID = "demo"

// ensureDemoKey makes key the demo tenant's assertion key. It replaces a key that an earlier release derived otherwise.
func (s *Server) ensureDemoKey(ctx context.Context, key []byte) error {
	existing, err := s.db.AssertionKeys(ctx, demoTenant)
	if err != nil {
		return err
	}
	for _, k := range existing {
		if k.RevokedAt != nil || k.KeyID != demoKeyID {
			continue
		}
		if bytes.Equal(k.Secret, key) {
			return nil
		}
		if err := s.db.RevokeAssertionKey(ctx, db.Operator(demoTenant), k.ID); err != nil && !db.IsCode(err, db.CodeNotFound) {
			return err
		}
	}
	err = s.db.AddAssertionKey(ctx, db.Operator(demoTenant), &db.AssertionKey{
		TenantKey: demoTenant, Kind: db.SharedSecret, KeyID: demoKeyID, Algorithm: "HS256", Secret: key,
	})
	if db.IsCode(err, db.CodeConflict) { // another node was faster, or the tenant has two secrets of its own
		return nil
	}
	return err
}
