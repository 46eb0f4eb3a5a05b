package graph

import (
	"context"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
)

// An audience is who one operation answers: a person at their account, or a tenant's backend. What they ask for is
// read field by field, and each field may wait. So once all is read, and before any of it is shown, the audience is
// checked again: a session that was revoked, a key that was revoked or a role that was taken away meanwhile sees
// nothing. A widget's session needs no audience: each of its reads is behind the database's wall.
type audience struct {
	mayStillSee func(ctx context.Context, seat db.Seat, tenantKeys ...string) error

	mu      sync.Mutex
	reads   bool     // some field was resolved
	tenants []string // that a field of was resolved
	refused error    // of a mutation
}

// audience gives the audience of an operation, nil where none is needed.
func (h *handler) audience(ctx context.Context) *audience {
	if p := auth.PrincipalFrom(ctx); p == nil || p.ServerKey == nil && (p.Session == nil || p.Session.Kind != db.SessionAccount) {
		return nil
	}
	return &audience{mayStillSee: h.mayStillSee}
}

// field is a middleware that remembers what the fields of an operation read.
func (a *audience) field(next graphql.FieldMiddleware) graphql.FieldMiddleware {
	if a == nil {
		return next
	}
	return func(ctx context.Context, resolve graphql.Resolver) (any, error) {
		if f := graphql.GetFieldContext(ctx); f != nil {
			a.remember(f)
		}
		return next(ctx, resolve)
	}
}

func (a *audience) remember(f *graphql.FieldContext) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reads = a.reads || f.IsResolver
	if f.Object == "Tenant" && f.Parent != nil {
		if t, ok := f.Parent.Result.(*db.Tenant); ok && !slices.Contains(a.tenants, t.Key) {
			a.tenants = append(a.tenants, t.Key)
		}
	}
}

// rootField is a middleware that checks the audience after each mutation that shows a tenant: the next one may well
// take the role, or the session, away.
func (a *audience) rootField(op *ast.OperationDefinition) graphql.RootFieldMiddleware {
	return func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
		shown := next(ctx)
		if a != nil && op.Operation == ast.Mutation {
			a.mu.Lock()
			defer a.mu.Unlock()
			if len(a.tenants) > 0 && a.refused == nil {
				a.refused = a.mayStillSee(ctx, seat(ctx), a.tenants...)
			}
			a.tenants = nil
		}
		return shown
	}
}

// check returns why the audience may not see what was read for it, nil where it may.
func (a *audience) check(ctx context.Context, op *ast.OperationDefinition) error {
	switch {
	case a == nil:
		return nil
	case op.Operation == ast.Query && a.reads:
		return a.mayStillSee(ctx, seat(ctx), a.tenants...)
	}
	return a.refused
}
