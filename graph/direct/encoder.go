package direct

import (
	"bytes"
	"context"
	"errors"
	"io"

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

// Begin returns the parts of one execution of an operation. plans are those of its document.
func (e *Encoder) Begin(plans *Plans) *Parts { return &Parts{encoder: e, plans: plans} }

// Parts are the parts of one response that this package encodes. The generated code encodes the rest and leaves a gap for
// each part, so that a part is not copied from buffer to buffer.
type Parts struct {
	encoder *Encoder
	plans   *Plans
	placed  []*jsonValue // in the order of the response
}

// Middleware is the field middleware of the execution. It returns a graphql.Marshaler in place of the value of a root
// field that this package can encode. Otherwise it returns the result of the resolver.
func (p *Parts) Middleware(ctx context.Context, next graphql.Resolver) (any, error) {
	value, err := next(ctx)
	if err != nil || value == nil || p.encoder == nil {
		return value, err
	}
	field := graphql.GetFieldContext(ctx)
	if field.Parent == nil || field.Parent.Parent != nil { // the parent of a root field is the operation
		return value, nil
	}
	if j := p.encode(ctx, field, value); j != nil {
		return j, nil
	}
	return value, nil
}

// encode returns the JSON of the value of a root field, or nil to leave it to the generated code. What panics here panics
// again in the generated code, which reports the field.
func (p *Parts) encode(ctx context.Context, field *graphql.FieldContext, value any) *jsonValue {
	j := newJSONValue(ctx, p.encoder.resolvers, p)
	defer func() { _ = recover() }() // returns nil
	if write := p.plans.get(graphql.GetOperationContext(ctx), field.Field); write != nil {
		write(j, value)
	} else {
		j.err = errUnknownField
	}
	if j.err != nil {
		j.release()
		return nil
	}
	return j
}

// Size returns the size of the parts.
func (p *Parts) Size() (n int) {
	for _, j := range p.placed {
		n += j.size()
	}
	return n
}

// Join writes data to a response, with the parts in their gaps. It is called once, with the data of the execution.
func (p *Parts) Join(response io.Writer, data []byte) {
	from := 0
	for _, j := range p.placed {
		_, _ = response.Write(data[from:j.gap])
		j.writeTo(response)
		from = j.gap
		j.release()
	}
	_, _ = response.Write(data[from:])
	p.placed = nil
}
