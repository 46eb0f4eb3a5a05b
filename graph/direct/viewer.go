package direct

import "github.com/company-a/aside/db"

var viewerShape = shape[db.Session]{"Viewer", map[string]field[db.Session]{
	"id": leaf(func(e *encoding, s *db.Session) {
		id, err := e.resolvers.Viewer().ID(e.ctx, s)
		e.string(id)
		e.handedBack = err != nil
	}),
	"displayName": leaf(func(e *encoding, s *db.Session) { e.string(s.DisplayName) }),
	"vouched":     leaf(func(e *encoding, s *db.Session) { e.bool(s.Vouched) }),
	"tenant": one(&tenantCardShape, func(e *encoding, s *db.Session) (*db.Tenant, error) {
		return e.resolvers.Viewer().Tenant(e.ctx, s)
	}),
}}

var tenantCardShape = shape[db.Tenant]{"TenantCard", map[string]field[db.Tenant]{
	"id":   leaf(func(e *encoding, t *db.Tenant) { e.string(t.Key) }),
	"name": leaf(func(e *encoding, t *db.Tenant) { e.string(t.Name) }),
}}
