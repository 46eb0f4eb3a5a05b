package graph

import (
	"context"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

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
