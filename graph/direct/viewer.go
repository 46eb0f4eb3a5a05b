package direct

import "github.com/company-a/aside/db"

var viewerShape = shape[db.Session]{"Viewer", map[string]field[db.Session]{
	"id":          resolved(func(e *encoding, s *db.Session) (string, error) { return e.resolvers.Viewer().ID(e.ctx, s) }),
	"displayName": leaf(func(e *encoding, s *db.Session) { e.string(s.DisplayName) }),
	"vouched":     leaf(func(e *encoding, s *db.Session) { e.bool(s.Vouched) }),
	"tenant": one(&tenantCardShape, func(e *encoding, s *db.Session) (*db.Tenant, error) {
		return e.resolvers.Viewer().Tenant(e.ctx, s)
	}),
	"identity": one(&identityShape, func(e *encoding, s *db.Session) (*db.Identity, error) {
		return e.resolvers.Viewer().Identity(e.ctx, s)
	}),
}}

var identityShape = shape[db.Identity]{"Identity", map[string]field[db.Identity]{
	"id": resolved(func(e *encoding, i *db.Identity) (string, error) { return e.resolvers.Identity().ID(e.ctx, i) }),
	"tenant": one(&tenantCardShape, func(e *encoding, i *db.Identity) (*db.Tenant, error) {
		return e.resolvers.Identity().Tenant(e.ctx, i)
	}),
	"subject":  resolved(func(e *encoding, i *db.Identity) (string, error) { return e.resolvers.Identity().Subject(e.ctx, i) }),
	"email":    resolvedOrNull(func(e *encoding, i *db.Identity) (*string, error) { return e.resolvers.Identity().Email(e.ctx, i) }),
	"name":     resolvedOrNull(func(e *encoding, i *db.Identity) (*string, error) { return e.resolvers.Identity().Name(e.ctx, i) }),
	"linkedAt": leaf(func(e *encoding, i *db.Identity) { e.time(i.LinkedAt) }),
}}

var tenantCardShape = shape[db.Tenant]{"TenantCard", map[string]field[db.Tenant]{
	"id":   leaf(func(e *encoding, t *db.Tenant) { e.string(t.Key) }),
	"name": leaf(func(e *encoding, t *db.Tenant) { e.string(t.Card()) }),
}}
