package graph

import (
	"context"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// CreateServerKey is the mutation createServerKey. It creates a key for a tenant's backend.
func (r mutationResolver) CreateServerKey(ctx context.Context, tenant, name string) (*generated.CreatedServerKey, error) {
	seat, err := r.seat(ctx, tenant)
	if err != nil {
		return nil, err
	}
	k, secret, err := r.db.CreateServerKey(ctx, seat, name)
	if err != nil {
		return nil, err
	}
	return &generated.CreatedServerKey{ServerKey: serverKey(k), Secret: secret}, nil
}

// RevokeServerKey is the mutation revokeServerKey. It revokes a key of a tenant's backend.
func (r mutationResolver) RevokeServerKey(ctx context.Context, tenant, id string) (*generated.DeletedPayload, error) {
	return r.removeByID(ctx, tenant, id, r.db.RevokeServerKey)
}

// ServerKeys is Tenant.serverKeys. It returns the keys of the tenant's backend that are not revoked.
func (r tenantResolver) ServerKeys(ctx context.Context, t *db.Tenant) ([]*generated.ServerKey, error) {
	keys, err := r.db.ServerKeys(ctx, t.Key)
	return mapList(keys, serverKey), err
}

func serverKey(k *db.ServerKey) *generated.ServerKey {
	return &generated.ServerKey{ID: k.ID.String(), Name: k.Name, Prefix: k.Prefix, CreatedAt: k.CreatedAt, LastUsedAt: k.LastUsedAt}
}

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

// IssueTicket is the mutation issueTicket. It creates a ticket for a visitor of the tenant that the server key belongs
// to.
func (r mutationResolver) IssueTicket(ctx context.Context, in generated.IssueTicketInput) (*generated.Ticket, error) {
	s := db.Subject{ID: in.Subject, Email: valueOrZero(in.Email), Name: valueOrZero(in.Name)}
	ticket, expiresAt, err := r.db.IssueTicket(ctx, auth.PrincipalFrom(ctx).ServerKey, s)
	if err != nil {
		return nil, err
	}
	return &generated.Ticket{Ticket: ticket, ExpiresAt: expiresAt}, nil
}
