package main

import (
	"bytes"
	"context"
	"encoding/base64"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/widget/example"
)

// The demo's tenant is always the same, so that its shop can be bookmarked.
const demoTenant = "t_demo"

// addDemo makes a tenant and serves its shop: company B, on a listener of its own, knowing
// nothing of us but the public snippet and the secret that it signs its assertions with.
func (s *service) addDemo(env *environment, c *serveConfig, keys *seal.Keyring) error {
	listener, err := s.listen(c.DemoListen)
	if err != nil {
		return err
	}
	origin := at(c.DemoOrigin, "shop.localhost", listener)
	if _, err := s.db.EnsureTenant(env.ctx, demoTenant, "Hillside Tea", []string{origin}); err != nil {
		return err
	}
	secret := demoSecret(keys)
	if err := s.ensureDemoKey(env.ctx, secret); err != nil {
		return err
	}
	s.demo = origin
	s.add(listener, example.Shop(example.Config{
		FrameOrigin: s.frame, AccountOrigin: s.account, TenantKey: demoTenant, Secret: secret,
	}))
	return nil
}

// demoSecret is the demo shop's, as a tenant's secrets look. It is derived, so that each start
// of any node agrees on it.
func demoSecret(keys *seal.Keyring) []byte {
	return base64.RawURLEncoding.AppendEncode(nil, keys.Derive("demo assertion secret"))
}

// demoKeyID has two nodes that start at once add one key, not two.
const demoKeyID = "demo"

// ensureDemoKey has the tenant's assertions verified with secret. A key that was derived otherwise,
// by an earlier release, gives way to it.
func (s *service) ensureDemoKey(ctx context.Context, secret []byte) error {
	live, err := s.db.AssertionKeys(ctx, demoTenant)
	if err != nil {
		return err
	}
	for _, k := range live {
		if k.RevokedAt != nil || k.KeyID != demoKeyID {
			continue
		}
		if bytes.Equal(k.Secret, secret) {
			return nil
		}
		if err := s.db.RevokeAssertionKey(ctx, db.Operator, demoTenant, k.ID); err != nil && !db.IsCode(err, db.CodeNotFound) {
			return err
		}
	}
	err = s.db.AddAssertionKey(ctx, db.Operator, &db.AssertionKey{
		TenantKey: demoTenant, Kind: db.SharedSecret, KeyID: demoKeyID, Algorithm: "HS256", Secret: secret,
	})
	if db.IsCode(err, db.CodeConflict) { // another node was faster, or the tenant has two secrets of its own
		return nil
	}
	return err
}
