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
}

var _ generated.ResolverRoot = (*Resolver)(nil)

type (
	queryResolver    struct{ *Resolver }
	mutationResolver struct{ *Resolver }
	noteResolver     struct{ *Resolver }
	viewerResolver   struct{ *Resolver }
)

// Query resolves the fields of Query.
func (r *Resolver) Query() generated.QueryResolver { return queryResolver{r} }

// Mutation resolves the fields of Mutation.
func (r *Resolver) Mutation() generated.MutationResolver { return mutationResolver{r} }

// Note resolves the fields of Note that are not its columns.
func (r *Resolver) Note() generated.NoteResolver { return noteResolver{r} }

// Viewer resolves the fields of Viewer that a session does not hold as they are.
func (r *Resolver) Viewer() generated.ViewerResolver { return viewerResolver{r} }

// session is who is asking. The zero Session when nobody is: its owner is refused by every
// query, should a field ever lack its @requires.
func session(ctx context.Context) *db.Session {
	if p := auth.PrincipalFrom(ctx); p != nil {
		return p.Session
	}
	return &db.Session{}
}
