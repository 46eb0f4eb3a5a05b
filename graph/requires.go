package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/graph/generated"
)

var (
	errNobody    = &refusal{Code: Unauthenticated, Message: "Sign in first: this request came with no live session."}
	errWrongKind = &refusal{Code: Forbidden, Message: "A session of this kind may not ask for this. See @requires in the schema."}
)

// requires is the directive @requires: it lets those pass whose session is of one of the
// kinds. Principal has the names of db.SessionKind.
func requires(ctx context.Context, _ any, next graphql.Resolver, kinds []generated.Principal) (any, error) {
	kind := kindOf(auth.PrincipalFrom(ctx))
	switch {
	case kind == "":
		return nil, errNobody
	case !slices.Contains(kinds, kind):
		return nil, errWrongKind
	}
	return next(ctx)
}

// kindOf names the kind of who is asking, "" for nobody.
func kindOf(p *auth.Principal) generated.Principal {
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
