package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/graph/generated"
)

var (
	errNotSignedIn = &apiError{Code: Unauthenticated, Message: "Sign in first: this request has no valid session."}
	errWrongKind   = &apiError{Code: Forbidden, Message: "This kind of session may not use this field. See @requires in the schema."}
)

// requires implements the directive @requires: it resolves the field only if the principal is of one of the kinds.
func requires(ctx context.Context, _ any, next graphql.Resolver, kinds []generated.Principal) (any, error) {
	kind := principalKind(auth.PrincipalFrom(ctx))
	switch {
	case kind == "":
		return nil, errNotSignedIn
	case !slices.Contains(kinds, kind):
		return nil, errWrongKind
	}
	return next(ctx)
}

// principalKind returns the kind of p, or "" if p is nil. The kinds of sessions have the names of db.SessionKind.
func principalKind(p *auth.Principal) generated.Principal {
	switch {
	case p == nil:
		return ""
	case p.ServerKey != nil:
		return generated.PrincipalServerKey
	case p.Session != nil:
		return generated.Principal(p.Session.Kind)
	default:
		return ""
	}
}
