package db

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
)

// InvitationLife is how long an invitation may be accepted.
const InvitationLife = 7 * 24 * time.Hour

// MaxInvitations is how many open invitations a tenant may have.
const MaxInvitations = 50

// Invite makes an invitation to a tenant and returns its token, in_…. One holder of the token may accept it,
// once, within InvitationLife. A member needs RoleOwner to invite.
func (d *DB) Invite(ctx context.Context, by Seat, role Role) (token string, expiresAt time.Time, err error) {
	defer place(&err, "db.Invite")
	token = "in_" + strings.ToLower(rand.Text())
	hash := HashToken(token)
	from := by.person()
	err = d.inTenant(ctx, by, requirement{role: RoleOwner, confirmed: true}, func(tx *tenantTx) error {
		if rank[role] == 0 {
			return errUnknownRole
		}
		var open int
		err := tx.NewRaw(`SELECT count(*) FROM invitations WHERE tenant_key = ? AND expires_at > now()`, tx.tenantKey).Scan(ctx, &open)
		if err != nil {
			return err
		}
		if open >= MaxInvitations {
			return &Error{Code: CodeConflict, Message: "There are already 50 open invitations. Withdraw any that are no longer needed."}
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

// requireInviter returns errInvitationGone unless the member who made an invitation still owns the tenant. An operator's
// invitation has none.
func requireInviter(ctx context.Context, tx authorityTx, tenantKey string, inviter uuid.NullUUID) error {
	if !inviter.Valid {
		return nil
	}
	var owns bool
	err := tx.NewRaw(`SELECT EXISTS (SELECT FROM members WHERE user_id = ? AND tenant_key = ? AND role = 'OWNER')`, inviter.UUID, tenantKey).Scan(ctx, &owns)
	if err == nil && !owns {
		err = errInvitationGone
	}
	return err
}

// An Invitation describes what the holder of its token may accept.
type Invitation struct {
	ID         string    `json:"id"` // i_…, for the tenant's owners; it reveals nothing of the token
	TenantName string    `json:"tenantName"`
	Role       Role      `json:"role"`
	InvitedBy  string    `json:"invitedBy"` // the display name of the member who made it, or OperatorName
	ExpiresAt  time.Time `json:"expiresAt"`
}

// OperatorName is what an invitation calls the operator.
const OperatorName = "the operator"

// invitationID returns the id of the invitation with a token's hash.
func invitationID(tokenHash []byte) string {
	hash := sha256.Sum256(tokenHash)
	return "i_" + lowerBase32.EncodeToString(hash[:16])
}

// Invitation returns the invitation of a token and does not use it up. It returns CodeNotFound for one that
// AcceptInvitation would refuse.
func (d *DB) Invitation(ctx context.Context, token string) (i *Invitation, err error) {
	defer place(&err, "db.Invitation")
	hash := HashToken(token)
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		list, err := d.invitations(ctx, tx, `i.token_hash = ?`, hash[:])
		if err == nil && len(list) == 0 {
			return errInvitationGone
		}
		if err == nil {
			i = list[0]
		}
		return err
	})
	return i, err
}

// Invitations lists a tenant's open invitations, the next to expire first.
func (d *DB) Invitations(ctx context.Context, tenantKey string) (list []*Invitation, err error) {
	defer place(&err, "db.Invitations")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		list, err = d.invitations(ctx, tx, `i.tenant_key = ?`, tenantKey)
		return err
	})
	return list, err
}

// invitations returns the open invitations that match a condition (SQL).
func (d *DB) invitations(ctx context.Context, tx authorityTx, condition string, args ...any) (list []*Invitation, err error) {
	var rows []struct {
		TokenHash  []byte
		TenantKey  string
		TenantName string
		Role       Role
		InvitedBy  uuid.NullUUID
		ExpiresAt  time.Time
	}
	err = tx.NewRaw(`SELECT i.token_hash, i.tenant_key, t.name AS tenant_name, i.role, i.invited_by, i.expires_at FROM invitations i JOIN tenants t ON t.key = i.tenant_key
		WHERE `+condition+` AND i.expires_at > now() ORDER BY i.expires_at, i.token_hash`, args...).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	names := map[uuid.UUID]string{uuid.Nil: OperatorName}
	for _, r := range rows {
		if err := requireInviter(ctx, tx, r.TenantKey, r.InvitedBy); errors.Is(err, errInvitationGone) {
			continue
		} else if err != nil {
			return nil, err
		}
		name, known := names[r.InvitedBy.UUID]
		if !known {
			if name, err = d.nameOf(ctx, tx, r.InvitedBy.UUID); err != nil {
				return nil, err
			}
			names[r.InvitedBy.UUID] = name
		}
		list = append(list, &Invitation{invitationID(r.TokenHash), r.TenantName, r.Role, name, r.ExpiresAt})
	}
	return list, nil
}

// WithdrawInvitation deletes an open invitation, so that its link is refused. It returns CodeNotFound for one that the tenant
// does not have.
func (d *DB) WithdrawInvitation(ctx context.Context, by Seat, id string) (err error) {
	defer place(&err, "db.WithdrawInvitation")
	return d.inTenant(ctx, by, requirement{role: RoleOwner}, func(tx *tenantTx) error { // it needs no confirmation: it takes access away
		var hashes [][]byte
		if err := tx.NewRaw(`SELECT token_hash FROM invitations WHERE tenant_key = ?`, tx.tenantKey).Scan(ctx, &hashes); err != nil {
			return err
		}
		for _, hash := range hashes {
			if invitationID(hash) != id {
				continue
			}
			var role Role
			err := tx.NewRaw(`DELETE FROM invitations WHERE token_hash = ? AND tenant_key = ? RETURNING role`, hash, tx.tenantKey).Scan(ctx, &role)
			if err != nil {
				return ifNoRows(err, errNotFound)
			}
			return tx.record(ctx, Event{Action: "invitation.withdrawn", Target: id, Detail: string(role)})
		}
		return errNotFound
	})
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
		var inviter uuid.NullUUID
		err = tx.NewRaw(`DELETE FROM invitations WHERE token_hash = ? AND expires_at > now() RETURNING role, invited_by`, hash[:]).Scan(ctx, &role, &inviter)
		if err != nil {
			return ifNoRows(err, errInvitationGone)
		}
		if err := requireInviter(ctx, tx, tenantKey, inviter); err != nil {
			return err
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
