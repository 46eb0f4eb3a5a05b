package direct

import (
	"bytes"
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// An Encoder encodes values of root fields as JSON. A nil Encoder leaves all of them to the generated code.
type Encoder struct {
	resolvers generated.ResolverRoot
}

// NewEncoder returns an encoder that calls resolvers for the fields that are not columns.
func NewEncoder(resolvers generated.ResolverRoot) *Encoder { return &Encoder{resolvers} }

// Reasons to leave a value to the generated code.
var (
	errUnknownField = errors.New("direct: a selected field is unknown")
	errNull         = errors.New("direct: null in a field that is not nullable")
	errType         = errors.New("direct: a value of another type")
)

// Note returns the JSON of a note with the selected fields, for an operation in ctx. It returns the error of a resolver.
func (e *Encoder) Note(ctx context.Context, n *db.Note, selected ast.SelectionSet) ([]byte, error) {
	write := noteShape.collect(&collector{operation: graphql.GetOperationContext(ctx)}, selected)
	if write == nil {
		return nil, errUnknownField
	}
	j := newJSONValue(ctx, e.resolvers, nil)
	defer j.release()
	write(j, n)
	var all bytes.Buffer
	all.Grow(j.size())
	j.writeTo(&all)
	return all.Bytes(), j.err
}
