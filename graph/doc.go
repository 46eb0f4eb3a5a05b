// Package graph is the GraphQL API: its schema, the rules on what a document may cost, and
// the handler that answers it over HTTP.
//
//	request ─ decode ─ document (limits, validation, cache) ─ variables ─ cost ─ proof ─ execute ─ answer
//
// The generated code executes an operation; what it would write field by field for the types
// that most requests are about, package graph/direct writes in its place. A field's @requires
// says who may ask (requires.go); a resolver asks who is asking and delegates what they want to
// package db; present.go is the one place that turns an error into words. Generated code lives
// alone in graph/generated:
//
//	go tool -modfile=tools/go.mod gqlgen generate
//
// The package must not decide who anybody is (package auth does), keep a rule about notes
// (package db does), or write SQL.
package graph
