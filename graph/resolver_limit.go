package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// maxConcurrentResolvers is how many resolvers of one operation run at the same time. The executor resolves each field
// in its own goroutine: without a limit, one operation could take every database connection of the node.
const maxConcurrentResolvers = 3

// limitResolvers returns the field middleware of one operation. A semaphore limits how many of its resolvers run at the
// same time. A resolver releases the semaphore before the fields below it are resolved, so none waits for another.
func limitResolvers(next graphql.FieldMiddleware) graphql.FieldMiddleware {
	semaphore := make(chan struct{}, maxConcurrentResolvers)
	return func(ctx context.Context, resolve graphql.Resolver) (any, error) {
		if field := graphql.GetFieldContext(ctx); field == nil || !field.IsResolver {
			return next(ctx, resolve)
		}
		select {
		case semaphore <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		defer func() { <-semaphore }()
		return next(ctx, resolve)
	}
}
