package graph

import (
	"context"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// A Resolver resolves the schema's fields. The generated code resolves those that are plain fields of a db struct.
type Resolver struct {
	db      *db.DB
	cursors cursors
	tenants *tenantCache

	accountOrigin   string
	operatorTenants bool

	assertions *assertion.Checker
	loopback   bool
}

var _ generated.ResolverRoot = (*Resolver)(nil)

type (
	queryResolver      struct{ *Resolver }
	mutationResolver   struct{ *Resolver }
	noteResolver       struct{ *Resolver }
	viewerResolver     struct{ *Resolver }
	tenantResolver     struct{ *Resolver }
	identityResolver   struct{ *Resolver }
	passkeyResolver    struct{ *Resolver }
	sessionResolver    struct{ *Resolver }
	membershipResolver struct{ *Resolver }
)

// Query returns the resolvers of Query.
func (r *Resolver) Query() generated.QueryResolver { return queryResolver{r} }

// Mutation returns the resolvers of Mutation.
func (r *Resolver) Mutation() generated.MutationResolver { return mutationResolver{r} }

// Note returns the resolvers of Note.
func (r *Resolver) Note() generated.NoteResolver { return noteResolver{r} }

// Viewer returns the resolvers of Viewer.
func (r *Resolver) Viewer() generated.ViewerResolver { return viewerResolver{r} }

// Tenant returns the resolvers of Tenant.
func (r *Resolver) Tenant() generated.TenantResolver { return tenantResolver{r} }

// Identity returns the resolvers of Identity.
func (r *Resolver) Identity() generated.IdentityResolver { return identityResolver{r} }

// Passkey returns the resolvers of Passkey.
func (r *Resolver) Passkey() generated.PasskeyResolver { return passkeyResolver{r} }

// Session returns the resolvers of Session.
func (r *Resolver) Session() generated.SessionResolver { return sessionResolver{r} }

// Membership returns the resolvers of Membership.
func (r *Resolver) Membership() generated.MembershipResolver { return membershipResolver{r} }

// session returns the session of the request, or the zero Session if it has none. Every query of package db refuses the
// zero Session's owner, even if a field lacks its @requires.
func session(ctx context.Context) *db.Session {
	if p := auth.PrincipalFrom(ctx); p != nil && p.Session != nil {
		return p.Session
	}
	return &db.Session{}
}
