package direct

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/company-a/aside/graph/generated"
)

// An Encoder writes what the root fields of operations resolve to.
type Encoder struct {
	resolvers generated.ResolverRoot
}

// NewEncoder gives an encoder that asks resolvers for the fields that are not columns.
func NewEncoder(resolvers generated.ResolverRoot) *Encoder { return &Encoder{resolvers} }

// Middleware gives the field middleware of one operation of the document that plans belong to.
// For a root field whose value it can write it returns a graphql.Marshaler in the value's
// place, which must be marshalled at most once; in every other case what the resolver returned.
func (e *Encoder) Middleware(plans *Plans) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		value, err := next(ctx)
		if err != nil || value == nil {
			return value, err
		}
		field := graphql.GetFieldContext(ctx)
		if field.Parent == nil || field.Parent.Parent != nil { // the operation itself is the root's parent
			return value, nil
		}
		if j := e.encode(ctx, plans, field, value); j != nil {
			return j, nil
		}
		return value, nil
	}
}

// encode gives the JSON of a root field's value, nil to hand it back. Whatever panics in here
// does so again in the generated code, which says where.
func (e *Encoder) encode(ctx context.Context, plans *Plans, field *graphql.FieldContext, value any) *encoding {
	j := newEncoding(ctx, e.resolvers)
	defer func() {
		if recover() != nil {
			j.handedBack = true
		}
	}()
	if write := plans.of(graphql.GetOperationContext(ctx), field.Field); write != nil {
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
