package db

import (
	"context"
	"crypto/rand"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"
)

// A Subject is who a tenant says its visitor is. Only ID means anything; the rest is for
// people to read, and never links anything to anybody.
type Subject struct {
	ID    string // 1 to 255 characters, the tenant's own; RFC 7519 §4.1.2
	Email string
	Name  string
}

// Label is what a person would call the subject.
func (s Subject) Label() string {
	switch {
	case s.Name != "" && s.Email != "":
		return s.Name + " (" + s.Email + ")"
	case s.Name != "":
		return s.Name
	case s.Email != "":
		return s.Email
	default:
		return s.ID
	}
}

// Check returns CodeInvalid for a subject that cannot be kept.
func (s Subject) Check() error {
	n := utf8.RuneCountInString(s.ID)
	switch {
	case n == 0 || n > 255 || !validText(s.ID):
		return invalid("subject", "A subject has 1 to 255 characters.")
	case utf8.RuneCountInString(s.Email) > 320 || !validText(s.Email):
		return invalid("email", "An e-mail address has at most 320 characters.")
	case utf8.RuneCountInString(s.Name) > 200 || !validText(s.Name):
		return invalid("name", "A name has at most 200 characters.")
	}
	return nil
}

// TicketLife is how long a ticket waits to be redeemed.
const TicketLife = time.Minute

// IssueTicket makes a one-time stand-in for an assertion, tk_…, good for TicketLife. It keeps to
// the rate of NewTickets.
func (d *DB) IssueTicket(ctx context.Context, tenantKey string, s Subject) (ticket string, expiresAt time.Time, err error) {
	if err := s.Check(); err != nil {
		return "", time.Time{}, err
	}
	if err := d.Allow(ctx, NewTickets.By(tenantKey).Noted(Event{TenantKey: tenantKey, Actor: "backend"})); err != nil {
		return "", time.Time{}, err
	}
	ticket = "tk_" + strings.ToLower(rand.Text())
	hash := HashToken(ticket)
	err = d.auth(ctx, func(tx bun.Tx) error {
		return tx.NewRaw(`INSERT INTO tickets (ticket_hash, tenant_key, subject, email, name, expires_at)
			VALUES (?, ?, ?, ?, ?, now() + make_interval(secs => ?)) RETURNING expires_at`,
			hash[:], tenantKey, s.ID, s.Email, s.Name, TicketLife.Seconds()).Scan(ctx, &expiresAt)
	})
	return ticket, expiresAt, err
}

// RedeemTicket gives the subject of a ticket, once: of many at a time one wins. It returns
// CodeGone for a ticket that is unknown, another tenant's, expired or redeemed.
func (d *DB) RedeemTicket(ctx context.Context, tenantKey, ticket string) (*Subject, error) {
	hash := HashToken(ticket)
	var s Subject
	err := d.auth(ctx, func(tx bun.Tx) error {
		err := tx.NewRaw(`DELETE FROM tickets WHERE ticket_hash = ? AND tenant_key = ? AND expires_at > now()
			RETURNING subject, email, name`, hash[:], tenantKey).Scan(ctx, &s.ID, &s.Email, &s.Name)
		return noRows(err, &Error{Code: CodeGone, Message: "This ticket is unknown, expired or redeemed."})
	})
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// KeepIdentityHandle keeps what an assertion or a ticket was exchanged for, bound to the key
// that exchanged it.
func (d *DB) KeepIdentityHandle(ctx context.Context, handle TokenHash, tenantKey string, s Subject, jkt string, lifetime time.Duration) error {
	return d.auth(ctx, func(tx bun.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO identity_handles (handle_hash, tenant_key, subject, email, name, jkt, expires_at)
			VALUES (?, ?, ?, ?, ?, ?, now() + make_interval(secs => ?))`,
			handle[:], tenantKey, s.ID, s.Email, s.Name, jkt, lifetime.Seconds()).Exec(ctx)
		return err
	})
}

// SubjectOfHandle gives whom a handle stands for. It may be used until it expires, so that a
// window that was closed burns nothing. It returns CodeGone for one that is unknown, expired,
// another tenant's or another key's.
func (d *DB) SubjectOfHandle(ctx context.Context, handle TokenHash, tenantKey, jkt string) (*Subject, error) {
	var s Subject
	err := d.auth(ctx, func(tx bun.Tx) error {
		err := tx.NewRaw(`SELECT subject, email, name FROM identity_handles
			WHERE handle_hash = ? AND tenant_key = ? AND jkt = ? AND expires_at > now()`, handle[:], tenantKey, jkt).
			Scan(ctx, &s.ID, &s.Email, &s.Name)
		return noRows(err, &Error{Code: CodeGone, Message: "This identity handle is unknown or expired, or another key's."})
	})
	if err != nil {
		return nil, err
	}
	return &s, nil
}
