package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// current is a note as `extensions.current` of a CONFLICT shows it: the fields that the
// mutation asked for in its payload's `note { … }`, under their aliases; where it asked for
// none, id and version.
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

// tenantCard is null where the tenant can't be had just now: the conflict matters more.
func (p *presenter) tenantCard(ctx context.Context, op *graphql.OperationContext, key string, f graphql.CollectedField) any {
	t, err := p.tenant(ctx, key)
	if err != nil {
		p.fault(ctx, err)
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
