package auth

import (
	"context"

	"github.com/company-a/aside/db"
)

// A Principal is who is asking: the person of a live session.
type Principal struct {
	Session *db.Session

	spend func(context.Context) error
}

// SpendProof uses up the DPoP proof that came with the request, exactly once across all
// nodes, before anything is changed by it (RFC 9449 §11.1). It returns db.ErrSpent for a
// replayed one. An account session brings no proof: there it does nothing.
func (p *Principal) SpendProof(ctx context.Context) error {
	if p.spend == nil {
		return nil
	}
	return p.spend(ctx)
}

type principalKey struct{}

// WithPrincipal gives a context in which PrincipalFrom finds p.
func WithPrincipal(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalFrom finds who is asking, nil for nobody.
func PrincipalFrom(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey{}).(*Principal)
	return p
}
