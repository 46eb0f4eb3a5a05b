package graph

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// tenantForRole returns the tenant if the principal's role there is at least needed. A person without a role gets the
// same error as for a tenant that does not exist.
func (r *Resolver) tenantForRole(ctx context.Context, key string, needed db.Role) (*db.Tenant, error) {
	p := auth.PrincipalFrom(ctx)
	if p.ServerKey != nil {
		if p.ServerKey.TenantKey != key {
			return nil, db.ErrNoMember
		}
		return r.db.Tenant(ctx, key)
	}
	if _, err := r.db.Administer(ctx, p.Session, key, needed); err != nil {
		return nil, err
	}
	return r.db.Tenant(ctx, key)
}

// seat returns the principal's right to change a tenant. Package db checks it again, with the role that the change
// needs, in the transaction of the change.
func (r *Resolver) seat(ctx context.Context, tenant string) (db.Seat, error) {
	p := auth.PrincipalFrom(ctx)
	if p.ServerKey != nil {
		return p.ServerKey.Seat(tenant, p.Address)
	}
	s := *p.Session
	s.From = p.Address
	return r.db.Administer(ctx, &s, tenant, db.RoleViewer)
}

// removeByID revokes a key of a tenant or removes a webhook: it calls remove with the principal's seat and the parsed id.
func (r mutationResolver) removeByID(ctx context.Context, tenant, id string, remove func(context.Context, db.Seat, uuid.UUID) error) (*generated.DeletedPayload, error) {
	seat, err := r.seat(ctx, tenant)
	if err != nil {
		return nil, err
	}
	parsed := parseID(id)
	if err := remove(ctx, seat, parsed); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: parsed.String()}, nil
}

// isAdmin reports whether the principal is an admin or owner of a tenant.
func (r *Resolver) isAdmin(ctx context.Context, tenant string) (bool, error) {
	p := auth.PrincipalFrom(ctx)
	if p.ServerKey != nil {
		return false, nil
	}
	_, err := r.db.Administer(ctx, p.Session, tenant, db.RoleAdmin)
	if errors.Is(err, db.ErrNoRole) {
		return false, nil
	}
	return err == nil, err
}

// mayStillSee returns an error if the principal may no longer see one of the tenants.
func (r *Resolver) mayStillSee(ctx context.Context, tenants ...string) error {
	p := auth.PrincipalFrom(ctx)
	if p.ServerKey != nil {
		return r.db.RequireServerKey(ctx, p.ServerKey, tenants...)
	}
	return r.db.RequireMembership(ctx, p.Session, tenants...)
}

// An accessRecheck checks an account session's or a server key's access a second time, after all fields are read and
// before the response is sent. Each field may have waited for the database, and in the meantime the session, the key or
// the role may have been revoked: then the response holds no data. Widget sessions need no recheck, because row-level
// security checks each of their reads.
type accessRecheck struct {
	mayStillSee func(ctx context.Context, tenantKeys ...string) error

	mu      sync.Mutex
	reads   bool     // a resolver was called
	tenants []string // keys of the tenants that fields were read of
	refused error    // the first failed recheck of a mutation
}

// newRecheck returns the recheck for the principal of ctx, or nil if none is needed.
func (h *handler) newRecheck(ctx context.Context) *accessRecheck {
	if p := auth.PrincipalFrom(ctx); p == nil || p.ServerKey == nil && (p.Session == nil || p.Session.Kind != db.SessionAccount) {
		return nil
	}
	return &accessRecheck{mayStillSee: h.mayStillSee}
}

// trackFields is a field middleware that records what an operation reads.
func (a *accessRecheck) trackFields(next graphql.FieldMiddleware) graphql.FieldMiddleware {
	if a == nil {
		return next
	}
	return func(ctx context.Context, resolve graphql.Resolver) (any, error) {
		if f := graphql.GetFieldContext(ctx); f != nil {
			a.track(f)
		}
		return next(ctx, resolve)
	}
}

func (a *accessRecheck) track(f *graphql.FieldContext) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reads = a.reads || f.IsResolver
	if f.Object == "Tenant" && f.Parent != nil {
		if t, ok := f.Parent.Result.(*db.Tenant); ok && !slices.Contains(a.tenants, t.Key) {
			a.tenants = append(a.tenants, t.Key)
		}
	}
}

// recheckMutation is a root field middleware that checks access after each mutation that returns a tenant: the next
// mutation of the operation may revoke the role or the session itself.
func (a *accessRecheck) recheckMutation(op *ast.OperationDefinition) graphql.RootFieldMiddleware {
	return func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
		result := next(ctx)
		if a != nil && op.Operation == ast.Mutation {
			a.mu.Lock()
			defer a.mu.Unlock()
			if len(a.tenants) > 0 && a.refused == nil {
				a.refused = a.mayStillSee(ctx, a.tenants...)
			}
			a.tenants = nil
		}
		return result
	}
}

// check returns an error if the principal may no longer see what the operation has read.
func (a *accessRecheck) check(ctx context.Context, op *ast.OperationDefinition) error {
	switch {
	case a == nil:
		return nil
	case op.Operation == ast.Query && a.reads:
		return a.mayStillSee(ctx, a.tenants...)
	}
	return a.refused
}
