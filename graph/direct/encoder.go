package direct

import (
	"bytes"
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/company-a/aside/graph/generated"
)

// An Encoder writes what the root fields of operations resolve to. A nil one writes nothing and
// leaves everything to the generated code.
type Encoder struct {
	resolvers generated.ResolverRoot
}

// NewEncoder gives an encoder that asks resolvers for the fields that are not columns.
func NewEncoder(resolvers generated.ResolverRoot) *Encoder { return &Encoder{resolvers} }

// Begin gives the parts of one execution of an operation, of the document that plans belong to.
func (e *Encoder) Begin(plans *Plans) *Parts { return &Parts{encoder: e, plans: plans} }

// Parts are what is written directly of one answer. The generated code marshals the rest and
// leaves a gap for each of them, so that their text is not copied from buffer to buffer.
type Parts struct {
	encoder *Encoder
	plans   *Plans
	placed  []*encoding // in the order of the answer
}

// Middleware is the field middleware of the execution. For a root field whose value it can
// write it returns a graphql.Marshaler in the value's place, in every other case what the
// resolver returned.
func (p *Parts) Middleware(ctx context.Context, next graphql.Resolver) (any, error) {
	value, err := next(ctx)
	if err != nil || value == nil || p.encoder == nil {
		return value, err
	}
	field := graphql.GetFieldContext(ctx)
	if field.Parent == nil || field.Parent.Parent != nil { // the operation itself is the root's parent
		return value, nil
	}
	if j := p.encode(ctx, field, value); j != nil {
		return j, nil
	}
	return value, nil
}

// encode gives the JSON of a root field's value, nil to hand it back. Whatever panics in here
// does so again in the generated code, which says where.
func (p *Parts) encode(ctx context.Context, field *graphql.FieldContext, value any) *encoding {
	j := newEncoding(ctx, p)
	defer func() {
		if recover() != nil {
			j.handedBack = true
		}
	}()
	if write := p.plans.of(graphql.GetOperationContext(ctx), field.Field); write != nil {
		write(j, value)
	} else {
		j.handedBack = true
	}
	if j.handedBack {
		j.release()
		return nil
	}
	return j
}

// Join appends data to an answer, with the parts in their gaps. It is called once, with what
// the execution marshalled.
func (p *Parts) Join(answer *bytes.Buffer, data []byte) {
	from := 0
	for _, j := range p.placed {
		answer.Write(data[from:j.gap])
		answer.Write(j.json)
		from = j.gap
		j.release()
	}
	answer.Write(data[from:])
	p.placed = nil
}
