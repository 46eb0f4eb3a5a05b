package db

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/google/uuid"
)

// InvitationLife is how long an invitation may be accepted.
const InvitationLife = 7 * 24 * time.Hour

const maxInvitations = 50

// Invite makes an invitation to a tenant and returns its token, in_…. One holder of the token may accept it,
// once, within InvitationLife. A member needs RoleOwner to invite.
func (d *DB) Invite(ctx context.Context, by Seat, role Role) (token string, expiresAt time.Time, err error) {
	defer place(&err, "db.Invite")
	token = "in_" + strings.ToLower(rand.Text())
	hash := HashToken(token)
	from := by.person()
	err = d.inTenant(ctx, by, requirement{role: RoleOwner, confirmed: true}, func(tx *tenantTx) error {
		if rank[role] == 0 {
			return invalid("role", "A role must be OWNER, ADMIN or VIEWER.")
		}
		var open int
		err := tx.NewRaw(`SELECT count(*) FROM invitations WHERE tenant_key = ? AND expires_at > now()`, tx.tenantKey).Scan(ctx, &open)
		if err != nil {
			return err
		}
		if open >= maxInvitations {
			return &Error{Code: CodeConflict, Message: "There are already 50 open invitations. They expire after 7 days."}
		}
		err = tx.NewRaw(`INSERT INTO invitations (token_hash, tenant_key, role, invited_by, expires_at)
			VALUES (?, ?, ?, ?, now() + make_interval(secs => ?)) RETURNING expires_at`,
			hash[:], tx.tenantKey, string(role), uuid.NullUUID{UUID: from, Valid: from != uuid.Nil}, InvitationLife.Seconds()).Scan(ctx, &expiresAt)
		if err != nil {
			return err
		}
		return tx.record(ctx, Event{Action: "member.invited", Detail: string(role)})
	})
	return token, expiresAt, err
}

var errInvitationGone = &Error{Code: CodeNotFound, Message: "This invitation is invalid, has expired or was already accepted. Ask for a new one."}

// openInvitation says in SQL whether an invitation i may be accepted: it is not expired, and the member who made
// it still owns the tenant.
const openInvitation = `i.expires_at > now() AND (i.invited_by IS NULL OR EXISTS (
	SELECT FROM members m WHERE m.tenant_key = i.tenant_key AND m.user_id = i.invited_by AND m.role = 'OWNER'))`

// An Invitation describes what the holder of its token may accept.
type Invitation struct {
	TenantName string
	Role       Role
	ExpiresAt  time.Time
}

// Invitation returns the invitation of a token and does not use it up. It returns CodeNotFound for one that
// AcceptInvitation would refuse.
func (d *DB) Invitation(ctx context.Context, token string) (_ *Invitation, err error) {
	defer place(&err, "db.Invitation")
	hash := HashToken(token)
	var i Invitation
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT t.name, i.role, i.expires_at FROM invitations i JOIN tenants t ON t.key = i.tenant_key
			WHERE i.token_hash = ? AND `+openInvitation, hash[:]).Scan(ctx, &i.TenantName, &i.Role, &i.ExpiresAt)
	})
	if err != nil {
		return nil, ifNoRows(err, errInvitationGone)
	}
	return &i, nil
}

// AcceptInvitation makes the person of an account session a member with the invitation's role, once: of
// several calls at the same time, one succeeds. A member with a greater role keeps it. It returns
// CodeNotFound when the invitation is unknown, expired or already accepted, or when the member who made it no
// longer owns the tenant.
func (d *DB) AcceptInvitation(ctx context.Context, s *Session, token string) (_ *Tenant, err error) {
	defer place(&err, "db.AcceptInvitation")
	hash := HashToken(token)
	var tenantKey string
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		// The lock order of every change: the person, the tenant, and the invitation last.
		if err := lockSession(ctx, tx, s); err != nil {
			return err
		}
		err := tx.NewRaw(`SELECT tenant_key FROM invitations WHERE token_hash = ?`, hash[:]).Scan(ctx, &tenantKey)
		if err != nil {
			return ifNoRows(err, errInvitationGone)
		}
		if err := lockTenant(ctx, tx, tenantKey); err != nil {
			return err
		}
		var role Role
		err = tx.NewRaw(`DELETE FROM invitations i WHERE i.token_hash = ? AND `+openInvitation+` RETURNING role`, hash[:]).
			Scan(ctx, &role)
		if err != nil {
			return ifNoRows(err, errInvitationGone)
		}
		var members int
		if err := tx.NewRaw(`SELECT count(*) FROM members WHERE tenant_key = ?`, tenantKey).Scan(ctx, &members); err != nil {
			return err
		}
		var memberships int
		if err := tx.NewRaw(`SELECT count(*) FROM members WHERE user_id = ?`, s.UserID).Scan(ctx, &memberships); err != nil {
			return err
		}
		has, err := roleOf(ctx, tx, tenantKey, s.UserID)
		switch {
		case err != nil:
			return err
		case has == "" && memberships >= MaxMemberships:
			return &Error{Code: CodeConflict, Message: "You are already a member of 25 tenants. Leave any that you no longer need."}
		case has == "" && members >= MaxMembers:
			return &Error{Code: CodeConflict, Message: "This tenant already has 100 members. Ask an owner to remove some first."}
		case has.Includes(role):
			role = has
		}
		if err := setMember(ctx, tx, tenantKey, s.UserID, role); err != nil {
			return err
		}
		member := d.MemberID(s.UserID, tenantKey)
		return d.auditTenant(ctx, tx, actor{member, s.From}, Event{TenantKey: tenantKey, Action: "member.joined", Target: member, Detail: string(role)})
	})
	if err != nil {
		return nil, err
	}
	return d.Tenant(ctx, tenantKey)
}
