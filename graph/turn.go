package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// maxResolving is how many fields of one operation ask the database at once. Without a bound one
// operation, which has each of its fields resolved by itself, would take every connection of the node.
const maxResolving = 3

// inTurn is a middleware of one operation, by which its resolvers share few turns. What a resolver gives
// is resolved in turns of its own: none waits for another while it has one.
func (h *handler) inTurn(next graphql.FieldMiddleware) graphql.FieldMiddleware {
	turns := make(chan struct{}, maxResolving)
	return func(ctx context.Context, resolve graphql.Resolver) (any, error) {
		if field := graphql.GetFieldContext(ctx); field == nil || !field.IsResolver {
			return next(ctx, resolve)
		}
		select {
		case turns <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		defer func() { <-turns }()
		return next(ctx, resolve)
	}
}
