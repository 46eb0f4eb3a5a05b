package graph

import (
	"context"
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/db"
)

// current returns the `extensions.current` of a CONFLICT: the fields of n that the mutation selects in `note { … }`, or
// id and version if it selects none.
func (p *presenter) current(ctx context.Context, n *db.Note) (any, error) {
	op := graphql.GetOperationContext(ctx)
	var selected ast.SelectionSet
	for _, f := range graphql.CollectFields(op, graphql.GetFieldContext(ctx).Field.Selections, []string{"NotePayload"}) {
		if f.Name == "note" {
			selected = append(selected, f.Selections...)
		}
	}
	if len(selected) == 0 {
		return map[string]any{"id": n.ID, "version": n.Version}, nil
	}
	note, err := p.encoder.Note(ctx, n, selected)
	return json.RawMessage(note), err
}
