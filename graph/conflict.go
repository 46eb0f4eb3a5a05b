package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// current returns the `extensions.current` of a CONFLICT: the fields of n that the mutation selects in `note { … }`, under
// their aliases, or else id and version.
func (p *presenter) current(ctx context.Context, n *db.Note) map[string]any {
	op := graphql.GetOperationContext(ctx)
	var wanted ast.SelectionSet
	for _, f := range graphql.CollectFields(op, graphql.GetFieldContext(ctx).Field.Selections, []string{"NotePayload"}) {
		if f.Name == "note" {
			wanted = append(wanted, f.Selections...)
		}
	}
	if len(wanted) == 0 {
		return map[string]any{"id": n.ID, "version": n.Version}
	}
	shown := map[string]any{}
	for _, f := range graphql.CollectFields(op, wanted, []string{"Note"}) {
		shown[f.Alias] = p.noteField(ctx, op, n, f)
	}
	return shown
}

func (p *presenter) noteField(ctx context.Context, op *graphql.OperationContext, n *db.Note, f graphql.CollectedField) any {
	switch f.Name {
	case "__typename":
		return "Note"
	case "id":
		return n.ID
	case "title":
		return n.Title
	case "body":
		return n.Body
	case "tags":
		return n.Tags
	case "pinned":
		return n.Pinned
	case "version":
		return n.Version
	case "createdAt":
		return n.CreatedAt.UTC().Format(time.RFC3339Nano)
	case "updatedAt":
		return n.UpdatedAt.UTC().Format(time.RFC3339Nano)
	case "trashedAt":
		if n.TrashedAt == nil {
			return nil
		}
		return n.TrashedAt.UTC().Format(time.RFC3339Nano)
	case "tenant":
		return p.tenantCard(ctx, op, n.TenantKey, f)
	case "sealing":
		return generated.SealingServer
	}
	return nil
}

// tenantCard returns null if the tenant cannot be loaded: the conflict matters more.
func (p *presenter) tenantCard(ctx context.Context, op *graphql.OperationContext, key string, f graphql.CollectedField) any {
	t, err := p.tenant(ctx, key)
	if err != nil {
		p.logUnexpected(ctx, err)
		return nil
	}
	shown := map[string]any{}
	for _, f := range graphql.CollectFields(op, f.Selections, []string{"TenantCard"}) {
		switch f.Name {
		case "__typename":
			shown[f.Alias] = "TenantCard"
		case "id":
			shown[f.Alias] = t.Key
		case "name":
			shown[f.Alias] = t.Card()
		}
	}
	return shown
}
