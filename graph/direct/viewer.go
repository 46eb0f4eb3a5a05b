package direct

import "github.com/company-a/aside/db"

var viewerShape = shape[db.Session]{"Viewer", map[string]field[db.Session]{
	"id":          resolverField(func(e *jsonValue, s *db.Session) (string, error) { return e.resolvers.Viewer().ID(e.ctx, s) }),
	"displayName": leafField(func(e *jsonValue, s *db.Session) { e.string(s.DisplayName) }),
	"vouched":     leafField(func(e *jsonValue, s *db.Session) { e.bool(s.Vouched) }),
	"tenant": objectField(&tenantCardShape, func(e *jsonValue, s *db.Session) (*db.Tenant, error) {
		return e.resolvers.Viewer().Tenant(e.ctx, s)
	}),
	"identity": objectField(&identityShape, func(e *jsonValue, s *db.Session) (*db.Identity, error) {
		return e.resolvers.Viewer().Identity(e.ctx, s)
	}),
}}

var identityShape = shape[db.Identity]{"Identity", map[string]field[db.Identity]{
	"id": resolverField(func(e *jsonValue, i *db.Identity) (string, error) { return e.resolvers.Identity().ID(e.ctx, i) }),
	"tenant": objectField(&tenantCardShape, func(e *jsonValue, i *db.Identity) (*db.Tenant, error) {
		return e.resolvers.Identity().Tenant(e.ctx, i)
	}),
	"subject":  resolverField(func(e *jsonValue, i *db.Identity) (string, error) { return e.resolvers.Identity().Subject(e.ctx, i) }),
	"email":    nullableResolverField(func(e *jsonValue, i *db.Identity) (*string, error) { return e.resolvers.Identity().Email(e.ctx, i) }),
	"name":     nullableResolverField(func(e *jsonValue, i *db.Identity) (*string, error) { return e.resolvers.Identity().Name(e.ctx, i) }),
	"linkedAt": leafField(func(e *jsonValue, i *db.Identity) { e.time(i.LinkedAt) }),
}}

var tenantCardShape = shape[db.Tenant]{"TenantCard", map[string]field[db.Tenant]{
	"id":   leafField(func(e *jsonValue, t *db.Tenant) { e.string(t.Key) }),
	"name": leafField(func(e *jsonValue, t *db.Tenant) { e.string(t.DisplayName()) }),
}}
