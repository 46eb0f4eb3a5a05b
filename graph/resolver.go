package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/auth/installation"
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

	assertions    *assertion.Checker
	installations *installation.Checker
	loopback      bool
}

var _ generated.ResolverRoot = (*Resolver)(nil)

type (
	queryResolver       struct{ *Resolver }
	mutationResolver    struct{ *Resolver }
	noteResolver        struct{ *Resolver }
	noteVersionResolver struct{ *Resolver }
	viewerResolver      struct{ *Resolver }
	tenantResolver      struct{ *Resolver }
	identityResolver    struct{ *Resolver }
	consentResolver     struct{ *Resolver }
	passkeyResolver     struct{ *Resolver }
	sessionResolver     struct{ *Resolver }
	membershipResolver  struct{ *Resolver }
	keyWrapResolver     struct{ *Resolver }
)

// Query returns the resolvers of Query.
func (r *Resolver) Query() generated.QueryResolver { return queryResolver{r} }

// Mutation returns the resolvers of Mutation.
func (r *Resolver) Mutation() generated.MutationResolver { return mutationResolver{r} }

// Note returns the resolvers of Note.
func (r *Resolver) Note() generated.NoteResolver { return noteResolver{r} }

// NoteVersion returns the resolvers of the fields of NoteVersion.
func (r *Resolver) NoteVersion() generated.NoteVersionResolver { return noteVersionResolver{r} }

// Viewer returns the resolvers of Viewer.
func (r *Resolver) Viewer() generated.ViewerResolver { return viewerResolver{r} }

// Tenant returns the resolvers of Tenant.
func (r *Resolver) Tenant() generated.TenantResolver { return tenantResolver{r} }

// Identity returns the resolvers of Identity.
func (r *Resolver) Identity() generated.IdentityResolver { return identityResolver{r} }

// Consent returns the resolvers of Consent.
func (r *Resolver) Consent() generated.ConsentResolver { return consentResolver{r} }

// Passkey returns the resolvers of Passkey.
func (r *Resolver) Passkey() generated.PasskeyResolver { return passkeyResolver{r} }

// Session returns the resolvers of Session.
func (r *Resolver) Session() generated.SessionResolver { return sessionResolver{r} }

// Membership returns the resolvers of Membership.
func (r *Resolver) Membership() generated.MembershipResolver { return membershipResolver{r} }

// KeyWrap returns the resolvers of KeyWrap.
func (r *Resolver) KeyWrap() generated.KeyWrapResolver { return keyWrapResolver{r} }

// session returns the session of the request, or the zero Session if it has none. Every query of package db refuses the
// zero Session's owner, even if a field lacks its @requires.
func session(ctx context.Context) *db.Session {
	if p := auth.PrincipalFrom(ctx); p != nil && p.Session != nil {
		return p.Session
	}
	return &db.Session{}
}

// mapList returns the results of f for each element. It never returns nil: lists are not null in the API.
func mapList[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = f(a)
	}
	return out
}

// notNull returns list, or an empty list if it is nil: lists are not null in the API.
func notNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// nullIfEmpty returns nil, which is null in the API, if s is empty.
func nullIfEmpty(s string) *string {
	if s == "" {
		return nil
	}
	value := s // &s would allocate for an empty text, too
	return &value
}

// valueOrZero returns what p points to, or the zero value if p is nil.
func valueOrZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// parseID parses the id of a note, passkey, session, identity or key. It returns uuid.Nil, which nothing has as its id, for
// anything that is not a UUID in its canonical form, so that an invalid id gets the same error as a missing one.
func parseID(s string) uuid.UUID {
	id, err := uuid.Parse(s)
	if err != nil || len(s) != len(id.String()) {
		return uuid.Nil
	}
	return id
}

// Subscription returns the resolvers of Subscription for a stream.
func (s *subscription) Subscription() generated.SubscriptionResolver { return s }
