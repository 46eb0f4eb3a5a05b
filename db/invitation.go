package db

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// InvitationLife is how long an invitation waits to be accepted.
const InvitationLife = 7 * 24 * time.Hour

const maxInvitations = 50

// Invite makes an invitation to a tenant, in_…, that whoever holds it may accept once within
// InvitationLife. from is the member who invites, uuid.Nil for an operator. It returns
// ErrUnknownTenant when there is no such tenant.
func (d *DB) Invite(ctx context.Context, by Actor, tenantKey string, from uuid.UUID, role Role) (token string, expiresAt time.Time, err error) {
	if rank[role] == 0 {
		return "", time.Time{}, invalid("role", "A role is OWNER, ADMIN or VIEWER.")
	}
	token = "in_" + strings.ToLower(rand.Text())
	hash := HashToken(token)
	err = d.auth(ctx, func(tx bun.Tx) error {
		if err := lockTenant(ctx, tx, tenantKey); err != nil {
			return err
		}
		var open int
		err := tx.NewRaw(`SELECT count(*) FROM invitations WHERE tenant_key = ? AND expires_at > now()`, tenantKey).Scan(ctx, &open)
		if err != nil {
			return err
		}
		if open >= maxInvitations {
			return &Error{Code: CodeConflict, Message: "There are 50 open invitations already. They expire after 7 days."}
		}
		err = tx.NewRaw(`INSERT INTO invitations (token_hash, tenant_key, role, invited_by, expires_at)
			VALUES (?, ?, ?, ?, now() + make_interval(secs => ?)) RETURNING expires_at`,
			hash[:], tenantKey, string(role), uuid.NullUUID{UUID: from, Valid: from != uuid.Nil}, InvitationLife.Seconds()).Scan(ctx, &expiresAt)
		if err != nil {
			return err
		}
		return d.audit(ctx, tx, by, tenantKey, "member.invited", "", string(role))
	})
	return token, expiresAt, err
}

var errInvitationGone = &Error{Code: CodeNotFound, Message: "This invitation is unknown, expired or was accepted before. Ask for a new one."}

// AcceptInvitation makes a person a member as the invitation says, once: of many at a time one
// wins. Somebody who has a greater role keeps it. It returns CodeNotFound for an invitation that
// is unknown, expired or was accepted before.
func (d *DB) AcceptInvitation(ctx context.Context, user uuid.UUID, ip, token string) (*Tenant, error) {
	hash := HashToken(token)
	var tenantKey string
	err := d.auth(ctx, func(tx bun.Tx) error {
		var role Role
		err := tx.NewRaw(`DELETE FROM invitations WHERE token_hash = ? AND expires_at > now() RETURNING tenant_key, role`, hash[:]).
			Scan(ctx, &tenantKey, &role)
		if err != nil {
			return noRows(err, errInvitationGone)
		}
		if err := lockTenant(ctx, tx, tenantKey); err != nil {
			return err
		}
		var members int
		if err := tx.NewRaw(`SELECT count(*) FROM members WHERE tenant_key = ?`, tenantKey).Scan(ctx, &members); err != nil {
			return err
		}
		has, err := roleOf(ctx, tx, tenantKey, user)
		switch {
		case err != nil:
			return err
		case has == "" && members >= maxMembers:
			return &Error{Code: CodeConflict, Message: "This tenant has 100 members already. Ask an owner to remove those who have left."}
		case has.May(role):
			role = has
		}
		if err := setMember(ctx, tx, tenantKey, user, role); err != nil {
			return err
		}
		return d.audit(ctx, tx, Actor{d.MemberID(user, tenantKey), ip}, tenantKey, "member.joined", d.MemberID(user, tenantKey), string(role))
	})
	if err != nil {
		return nil, err
	}
	return d.Tenant(ctx, tenantKey)
}
