package graph

import (
	"maps"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/company-a/aside/graph/generated"
)

// executableSchema returns the generated schema without @defer: responses are sent whole.
func executableSchema(r generated.ResolverRoot) graphql.ExecutableSchema {
	schema := *schemaOf(nil, r).Schema()
	schema.Directives = maps.Clone(schema.Directives)
	delete(schema.Directives, "defer")
	return schemaOf(&schema, r)
}

// schemaOf returns a schema, or the generated one if schema is nil, with the resolvers of r.
func schemaOf(schema *ast.Schema, r generated.ResolverRoot) graphql.ExecutableSchema {
	return generated.NewExecutableSchema(generated.Config{
		Schema: schema, Resolvers: r, Directives: generated.DirectiveRoot{Requires: requires},
	})
}
