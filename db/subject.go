package db

import (
	"context"
	"crypto/rand"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/company-a/aside/db/seal"
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

// IssueTicket makes a one-time stand-in for an assertion, tk_…, good for TicketLife and for as long
// as the server key that asks for it is. It keeps to the rate of NewTickets. It returns
// ErrNoServerKey for a key that was revoked meanwhile.
func (d *DB) IssueTicket(ctx context.Context, key *ServerKey, s Subject) (ticket string, expiresAt time.Time, err error) {
	tenantKey := key.TenantKey
	if err := s.Check(); err != nil {
		return "", time.Time{}, err
	}
	if err := d.Allow(ctx, NewTickets.By(tenantKey).Noted(Event{TenantKey: tenantKey, Actor: "backend"})); err != nil {
		return "", time.Time{}, err
	}
	ticket = "tk_" + strings.ToLower(rand.Text())
	hash := HashToken(ticket)
	k := d.storeSubject(d.visitorKey(tenantKey), ticketOf, tenantKey, hash[:], s)
	err = d.auth(ctx, func(tx bun.Tx) error {
		if err := holdServerKey(ctx, tx, key); err != nil {
			return err
		}
		return tx.NewRaw(`INSERT INTO tickets (ticket_hash, tenant_key, subject, email, name, sealed_subject, evidence_key, expires_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, now() + make_interval(secs => ?)) RETURNING expires_at`,
			hash[:], tenantKey, k.clear, k.email, k.name, nullBytes(k.sealed), key.ID, TicketLife.Seconds()).Scan(ctx, &expiresAt)
	})
	return ticket, expiresAt, err
}

// RedeemTicket gives the subject of a ticket and what it rests on, once: of many at a time one wins. It returns
// CodeGone for a ticket that is unknown, another tenant's, expired or redeemed.
func (d *DB) RedeemTicket(ctx context.Context, tenantKey, ticket string) (*Subject, Evidence, error) {
	hash := HashToken(ticket)
	return d.visitor(ctx, ticketOf, tenantKey, hash, "This ticket is unknown, expired or redeemed.",
		`DELETE FROM tickets WHERE ticket_hash = ? AND tenant_key = ? AND expires_at > now() RETURNING subject, email, name, sealed_subject, evidence_key, true`,
		hash[:], tenantKey)
}

// visitor asks for the subject that a row of f holds, and for what it rests on. It returns CodeGone where there is none.
func (d *DB) visitor(ctx context.Context, f seal.Field, tenantKey string, row TokenHash, gone, query string, args ...any) (*Subject, Evidence, error) {
	var k storedSubject
	var key uuid.NullUUID
	var nonce bool
	err := d.auth(ctx, func(tx bun.Tx) error {
		err := tx.NewRaw(query, args...).Scan(ctx, &k.clear, &k.email, &k.name, &k.sealed, &key, &nonce)
		return noRows(err, &Error{Code: CodeGone, Message: gone})
	})
	if err != nil {
		return nil, Evidence{}, err
	}
	s, err := d.openSubject(ctx, d.visitorKey(tenantKey), f, tenantKey, row[:], k)
	if err != nil {
		return nil, Evidence{}, err
	}
	return &s, keptEvidence(key, nonce), nil
}

// KeepIdentityHandle keeps what an assertion or a ticket was exchanged for, bound to the key
// that exchanged it. It returns ErrNotAccepted where the evidence is not accepted any more.
func (d *DB) KeepIdentityHandle(ctx context.Context, handle TokenHash, tenantKey string, s Subject, jkt string, e Evidence, lifetime time.Duration) error {
	k := d.storeSubject(d.visitorKey(tenantKey), handleOf, tenantKey, handle[:], s)
	return d.auth(ctx, func(tx bun.Tx) error {
		if err := e.stillAccepted(ctx, tx, tenantKey, false); err != nil {
			return err
		}
		_, err := tx.NewRaw(`INSERT INTO identity_handles (handle_hash, tenant_key, subject, email, name, sealed_subject, jkt, evidence_key, evidence_nonce, expires_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, now() + make_interval(secs => ?))`,
			handle[:], tenantKey, k.clear, k.email, k.name, nullBytes(k.sealed), jkt, e.key(), e.Nonce, lifetime.Seconds()).Exec(ctx)
		return err
	})
}

// SubjectOfHandle gives whom a handle stands for, and what that rests on. It may be used until it expires, so that a
// window that was closed burns nothing. It returns CodeGone for one that is unknown, expired,
// another tenant's or another key's.
func (d *DB) SubjectOfHandle(ctx context.Context, handle TokenHash, tenantKey, jkt string) (*Subject, Evidence, error) {
	return d.visitor(ctx, handleOf, tenantKey, handle, "This identity handle is unknown or expired, or another key's.",
		`SELECT subject, email, name, sealed_subject, evidence_key, evidence_nonce FROM identity_handles
			WHERE handle_hash = ? AND tenant_key = ? AND jkt = ? AND expires_at > now()`, handle[:], tenantKey, jkt)
}
