package graph

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// One operation has at most maxConcurrentResolvers fields resolved at the same time.
func TestConcurrentResolversAreLimited(t *testing.T) {
	h := newHandlerWithoutDatabase(t, true)
	op, errs := h.prepare(t.Context(), request{Query: "{ viewer { id } }"})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var under, most atomic.Int32
	var all sync.WaitGroup
	release, begun := make(chan struct{}), make(chan struct{}, 100)
	for range 50 {
		all.Go(func() {
			ctx := graphql.WithFieldContext(t.Context(), &graphql.FieldContext{IsResolver: true})
			_, _ = op.ResolverMiddleware(ctx, func(context.Context) (any, error) {
				most.Store(max(most.Load(), under.Add(1)))
				begun <- struct{}{}
				<-release
				under.Add(-1)
				return nil, nil
			})
		})
	}
	for range maxConcurrentResolvers {
		<-begun
	}
	plain := false
	_, _ = op.ResolverMiddleware(graphql.WithFieldContext(t.Context(), &graphql.FieldContext{}), func(context.Context) (any, error) {
		plain = true // a column needs no resolver
		return nil, nil
	})
	close(release)
	all.Wait()
	if most.Load() != maxConcurrentResolvers || !plain {
		t.Errorf("%d at once, and a column is read: %t", most.Load(), plain)
	}
}
