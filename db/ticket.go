package db

import (
	"context"
	"crypto/rand"
	"strings"
	"time"
)

// TicketLife is how long a ticket can be redeemed.
const TicketLife = time.Minute

// IssueTicket makes a one-time substitute for an assertion, tk_…, valid for TicketLife and while the
// server key is. It is limited by NewTickets. It returns ErrNoServerKey if the key was revoked meanwhile.
func (d *DB) IssueTicket(ctx context.Context, key *ServerKey, s Subject) (ticket string, expiresAt time.Time, err error) {
	defer place(&err, "db.IssueTicket")
	tenantKey := key.TenantKey
	if err := s.Check(); err != nil {
		return "", time.Time{}, err
	}
	if err := d.Allow(ctx, NewTickets.By(tenantKey).RecordedAs(Event{TenantKey: tenantKey, Actor: "backend"})); err != nil {
		return "", time.Time{}, err
	}
	ticket = "tk_" + strings.ToLower(rand.Text())
	hash := HashToken(ticket)
	k := d.storeSubject(d.visitorKey(tenantKey), ticketOf, tenantKey, hash[:], s)
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		if err := lockServerKey(ctx, tx, key); err != nil {
			return err
		}
		return tx.NewRaw(`INSERT INTO tickets (ticket_hash, tenant_key, subject, email, name, sealed_subject, evidence_key, expires_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, now() + make_interval(secs => ?)) RETURNING expires_at`,
			hash[:], tenantKey, k.plaintext, k.email, k.name, nullBytes(k.sealed), key.ID, TicketLife.Seconds()).Scan(ctx, &expiresAt)
	})
	return ticket, expiresAt, err
}

// RedeemTicket returns the subject of a ticket and its evidence. It deletes the ticket, so that only one of
// several calls succeeds. It returns CodeGone for a ticket that is unknown, expired, redeemed or another tenant's.
func (d *DB) RedeemTicket(ctx context.Context, tenantKey, ticket string) (_ *Subject, _ Evidence, err error) {
	defer place(&err, "db.RedeemTicket")
	hash := HashToken(ticket)
	return d.querySubject(ctx, ticketOf, tenantKey, hash, "This ticket is invalid, expired or already used.",
		`DELETE FROM tickets WHERE ticket_hash = ? AND tenant_key = ? AND expires_at > now() RETURNING subject, email, name, sealed_subject, evidence_key, true`,
		hash[:], tenantKey)
}
