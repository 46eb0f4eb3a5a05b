package graph

import (
	"context"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// A Resolver answers the schema's fields. Those that are plain columns of a db noun are
// answered by the generated code.
type Resolver struct {
	db      *db.DB
	cursors cursors
	tenants *tenantCards

	accountOrigin   string
	operatorTenants bool

	assertions Assertions
	loopback   bool
}

// Assertions checks what a tenant's backend has signed, without using it up.
type Assertions interface {
	TestAssertion(ctx context.Context, tenant *db.Tenant, assertion string) (*auth.AssertionReport, error)
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

// Query resolves the fields of Query.
func (r *Resolver) Query() generated.QueryResolver { return queryResolver{r} }

// Mutation resolves the fields of Mutation.
func (r *Resolver) Mutation() generated.MutationResolver { return mutationResolver{r} }

// Note resolves the fields of Note that are not its columns.
func (r *Resolver) Note() generated.NoteResolver { return noteResolver{r} }

// Viewer resolves the fields of Viewer that a session does not hold as they are.
func (r *Resolver) Viewer() generated.ViewerResolver { return viewerResolver{r} }

// Tenant resolves the fields of Tenant that are not its columns.
func (r *Resolver) Tenant() generated.TenantResolver { return tenantResolver{r} }

// Identity resolves the fields of Identity.
func (r *Resolver) Identity() generated.IdentityResolver { return identityResolver{r} }

// Passkey resolves the fields of Passkey that are not its columns.
func (r *Resolver) Passkey() generated.PasskeyResolver { return passkeyResolver{r} }

// Session resolves the fields of Session that are not its columns.
func (r *Resolver) Session() generated.SessionResolver { return sessionResolver{r} }

// Membership resolves the fields of Membership.
func (r *Resolver) Membership() generated.MembershipResolver { return membershipResolver{r} }

// session is who is asking. The zero Session when nobody is: its owner is refused by every
// query, should a field ever lack its @requires.
func session(ctx context.Context) *db.Session {
	if p := auth.PrincipalFrom(ctx); p != nil && p.Session != nil {
		return p.Session
	}
	return &db.Session{}
}
