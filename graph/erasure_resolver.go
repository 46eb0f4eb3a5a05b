package graph

import (
	"context"

	"github.com/company-a/aside/auth"
)

// EraseSubject is the mutation eraseSubject. It forgets a visitor of the tenant that the server key belongs to.
func (r mutationResolver) EraseSubject(ctx context.Context, subject string) (bool, error) {
	p := auth.PrincipalFrom(ctx)
	seat, err := p.ServerKey.Seat(p.ServerKey.TenantKey, p.Address)
	if err != nil {
		return false, err
	}
	err = r.db.EraseSubject(ctx, seat, subject)
	return err == nil, err
}
