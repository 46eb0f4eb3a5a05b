package db

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// A Member is a person who administers a tenant.
type Member struct {
	ID          string `json:"id"` // see MemberID
	DisplayName string `json:"displayName"`
	Role        Role   `json:"role"`
	userID      uuid.UUID
}

// A Membership is a tenant that a person administers.
type Membership struct {
	TenantKey string
	Role      Role
	OnlyOwner bool   // the tenant has no other owner
	MemberID  string `bun:"-"` // the person's
}

const memberPrefix = "m_"

// MemberID returns a person's id as a member of a tenant. It differs between tenants, and from the id
// that the tenant's widget sees (ViewerID).
func (d *DB) MemberID(user uuid.UUID, tenantKey string) string {
	mac := hmac.New(sha256.New, d.members)
	mac.Write(user[:])
	mac.Write([]byte(tenantKey))
	return memberPrefix + lowerBase32.EncodeToString(mac.Sum(nil)[:16])
}

// RoleOf returns a person's role at a tenant. It returns "" both for a person who is no member and for
// a tenant that does not exist, so that strangers cannot tell the two apart.
func (d *DB) RoleOf(ctx context.Context, tenantKey string, user uuid.UUID) (role Role, err error) {
	defer place(&err, "db.RoleOf")
	if !tenantKeyForm.MatchString(tenantKey) {
		return "", nil
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		role, err = roleOf(ctx, tx, tenantKey, user)
		return err
	})
	return role, err
}

func roleOf(ctx context.Context, tx authorityTx, tenantKey string, user uuid.UUID) (role Role, err error) {
	err = tx.NewRaw(`SELECT role FROM members WHERE tenant_key = ? AND user_id = ?`, tenantKey, user).Scan(ctx, &role)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return role, err
}

// Memberships lists the tenants that a person administers, in the order of joining.
func (d *DB) Memberships(ctx context.Context, user uuid.UUID) (list []*Membership, err error) {
	defer place(&err, "db.Memberships")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		list = nil // from an earlier attempt
		err := tx.NewRaw(`SELECT tenant_key, role FROM members WHERE user_id = ? ORDER BY created_at, tenant_key LIMIT ?`, user, MaxMemberships).Scan(ctx, &list)
		if err != nil {
			return err
		}
		var owned []string
		for _, m := range list {
			if m.Role == RoleOwner {
				owned = append(owned, m.TenantKey)
			}
		}
		alone, err := withoutOtherOwner(ctx, tx, user, owned)
		for _, m := range list {
			m.OnlyOwner = slices.Contains(alone, m.TenantKey)
		}
		return err
	})
	for _, m := range list {
		m.MemberID = d.MemberID(user, m.TenantKey)
	}
	return list, err
}

// withoutOtherOwner returns those of the tenants that a person owns which nobody else owns.
func withoutOtherOwner(ctx context.Context, tx authorityTx, user uuid.UUID, owned []string) ([]string, error) {
	if len(owned) == 0 {
		return nil, nil
	}
	var others []string
	err := tx.NewRaw(`SELECT DISTINCT tenant_key FROM members WHERE tenant_key IN (?) AND user_id <> ? AND role = 'OWNER'`, bun.List(owned), user).Scan(ctx, &others)
	return slices.DeleteFunc(owned, func(key string) bool { return slices.Contains(others, key) }), err
}

// Members lists the members of a tenant, in the order of joining.
func (d *DB) Members(ctx context.Context, tenantKey string) (list []*Member, err error) {
	defer place(&err, "db.Members")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		list = nil // from an earlier attempt
		list, err = d.membersOf(ctx, tx, tenantKey)
		return err
	})
	return list, err
}

func (d *DB) membersOf(ctx context.Context, tx authorityTx, tenantKey string) (list []*Member, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT m.user_id, m.role, u.display_name, u.sealed_name, u.data_key FROM members m JOIN users u ON u.id = m.user_id
		WHERE m.tenant_key = ? ORDER BY m.created_at, m.user_id`, tenantKey)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		m := &Member{}
		var name storedName
		var dataKey []byte
		if err := rows.Scan(&m.userID, &m.Role, &name.plaintext, &name.sealed, &dataKey); err != nil {
			return nil, err
		}
		if m.DisplayName, err = d.openUserName(ctx, m.userID, name, dataKey); err != nil {
			return nil, err
		}
		m.ID = d.MemberID(m.userID, tenantKey)
		list = append(list, m)
	}
	return list, rows.Err()
}

// MaxMemberships is how many tenants one person may be a member of.
const MaxMemberships = 25

// MaxMembers is how many members a tenant may have.
const MaxMembers = 100

// SetMember gives a person a role at a tenant. Only the operator may call it.
func (d *DB) SetMember(ctx context.Context, by Seat, user uuid.UUID, role Role) (err error) {
	defer place(&err, "db.SetMember")
	return d.inTenant(ctx, by, requirement{}, func(tx *tenantTx) error {
		had, err := roleOf(ctx, tx.authorityTx, tx.tenantKey, user)
		if err != nil {
			return err
		}
		if err := setMember(ctx, tx.authorityTx, tx.tenantKey, user, role); err != nil {
			return err
		}
		return recordExposedSecrets(ctx, tx.authorityTx, tx.by, tx.tenantKey, d.MemberID(user, tx.tenantKey), had, role)
	})
}

func setMember(ctx context.Context, tx authorityTx, tenantKey string, user uuid.UUID, role Role) error {
	_, err := tx.NewRaw(`INSERT INTO members (tenant_key, user_id, role) VALUES (?, ?, ?)
		ON CONFLICT (tenant_key, user_id) DO UPDATE SET role = excluded.role`, tenantKey, user, string(role)).Exec(ctx)
	return err
}

// RemoveMember removes a member and the open invitations that they made. Owners may remove anybody, and
// members themselves. It returns CodeNotFound if no member has the id, and CodeConflict for the last
// owner: only the deletion of an account can leave a tenant without an owner (see requireOtherOwners).
func (d *DB) RemoveMember(ctx context.Context, by Seat, id string) (err error) {
	defer place(&err, "db.RemoveMember")
	needs := requirement{role: RoleOwner, confirmed: true}
	if id == d.MemberID(by.person(), by.tenantKey) {
		needs.role = RoleViewer
	}
	return d.inTenant(ctx, by, needs, func(tx *tenantTx) error {
		leaving, last, err := tx.member(ctx, id)
		if err != nil {
			return err
		}
		if last {
			return &Error{Code: CodeConflict, Message: "The last owner cannot leave. Invite another owner first."}
		}
		if _, err := tx.NewRaw(`DELETE FROM members WHERE tenant_key = ? AND user_id = ?`, tx.tenantKey, leaving.userID).Exec(ctx); err != nil {
			return err
		}
		if err := tx.deleteInvitationsBy(ctx, leaving.userID); err != nil {
			return err
		}
		if err := tx.record(ctx, Event{Action: "member.removed", Target: id, Detail: string(leaving.Role)}); err != nil {
			return err
		}
		return recordExposedSecrets(ctx, tx.authorityTx, tx.by, tx.tenantKey, id, leaving.Role, "")
	})
}

// member returns the tenant's member with an id, and whether they are its last owner. It returns CodeNotFound if no member has
// the id.
func (c *tenantTx) member(ctx context.Context, id string) (found *Member, lastOwner bool, err error) {
	list, err := c.db.membersOf(ctx, c.authorityTx, c.tenantKey)
	if err != nil {
		return nil, false, err
	}
	owners := 0
	for _, m := range list {
		if m.ID == id {
			found = m
		}
		if m.Role == RoleOwner {
			owners++
		}
	}
	if found == nil {
		return nil, false, errNotFound
	}
	return found, found.Role == RoleOwner && owners == 1, nil
}

// deleteInvitationsBy deletes the open invitations that a member made: they would be valid again if the member became an
// owner again.
func (c *tenantTx) deleteInvitationsBy(ctx context.Context, user uuid.UUID) error {
	_, err := c.NewRaw(`DELETE FROM invitations WHERE tenant_key = ? AND invited_by = ?`, c.tenantKey, user).Exec(ctx)
	return err
}

// ChangeRole gives a member another role and returns the member. An owner who loses that role loses their open
// invitations, too. It returns CodeNotFound if no member has the id, and CodeConflict for the last owner: a tenant keeps one.
func (d *DB) ChangeRole(ctx context.Context, by Seat, id string, role Role) (m *Member, err error) {
	defer place(&err, "db.ChangeRole")
	err = d.inTenant(ctx, by, requirement{role: RoleOwner, confirmed: true}, func(tx *tenantTx) error {
		m, err = tx.changeRole(ctx, id, role)
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (c *tenantTx) changeRole(ctx context.Context, id string, role Role) (*Member, error) {
	if rank[role] == 0 {
		return nil, errUnknownRole
	}
	m, last, err := c.member(ctx, id)
	if err != nil || m.Role == role {
		return m, err
	}
	if last {
		return nil, &Error{Code: CodeConflict, Message: "The last owner cannot become less. Make another member an owner first."}
	}
	if err := setMember(ctx, c.authorityTx, c.tenantKey, m.userID, role); err != nil {
		return nil, err
	}
	if role != RoleOwner {
		if err := c.deleteInvitationsBy(ctx, m.userID); err != nil {
			return nil, err
		}
	}
	had := m.Role
	m.Role = role
	if err := c.record(ctx, Event{Action: "member.role_changed", Target: id, Detail: string(had) + " → " + string(role)}); err != nil {
		return nil, err
	}
	return m, recordExposedSecrets(ctx, c.authorityTx, c.by, c.tenantKey, id, had, role)
}

// TransferTenant makes a member the only owner, and the other owners admins, all at once.
func (d *DB) TransferTenant(ctx context.Context, by Seat, id string) (err error) {
	defer place(&err, "db.TransferTenant")
	return d.inTenant(ctx, by, requirement{role: RoleOwner, confirmed: true}, func(tx *tenantTx) error {
		if _, err := tx.changeRole(ctx, id, RoleOwner); err != nil {
			return err
		}
		list, err := d.membersOf(ctx, tx.authorityTx, tx.tenantKey)
		if err != nil {
			return err
		}
		for _, m := range list {
			if m.Role == RoleOwner && m.ID != id {
				if _, err := tx.changeRole(ctx, m.ID, RoleAdmin); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

var errUnknownRole = invalid("role", "A role must be OWNER, ADMIN or VIEWER.")

// A Role says what a member may do at a tenant.
type Role string

// The roles. Each includes the ones below it.
const (
	RoleOwner  Role = "OWNER"
	RoleAdmin  Role = "ADMIN"  // everything except managing members
	RoleViewer Role = "VIEWER" // read only
)

// Includes reports whether a role includes another. No role ("") includes none.
func (r Role) Includes(needed Role) bool { return rank[r] >= rank[needed] && rank[r] > 0 }

var rank = map[Role]int{RoleViewer: 1, RoleAdmin: 2, RoleOwner: 3}

// recordExposedSecrets records a tenant's live secrets when a member is no longer an admin. The member may
// know each of them, so each should be rotated.
func recordExposedSecrets(ctx context.Context, tx authorityTx, by actor, tenantKey, member string, had, has Role) error {
	if !had.Includes(RoleAdmin) || has.Includes(RoleAdmin) {
		return nil
	}
	var serverKeys, sharedSecrets, webhooks []string
	err := tx.NewRaw(`SELECT prefix FROM server_keys WHERE tenant_key = ? AND revoked_at IS NULL ORDER BY id`, tenantKey).Scan(ctx, &serverKeys)
	if err != nil {
		return err
	}
	err = tx.NewRaw(`SELECT id::text FROM assertion_keys WHERE tenant_key = ? AND kind = 'SHARED_SECRET' AND revoked_at IS NULL ORDER BY id`, tenantKey).Scan(ctx, &sharedSecrets)
	if err != nil {
		return err
	}
	err = tx.NewRaw(`SELECT id::text FROM webhooks WHERE tenant_key = ? ORDER BY id`, tenantKey).Scan(ctx, &webhooks)
	if err != nil {
		return err
	}
	var known []string
	if len(serverKeys) > 0 {
		known = append(known, "server keys "+strings.Join(serverKeys, ", "))
	}
	if len(sharedSecrets) > 0 {
		known = append(known, "shared secrets "+strings.Join(sharedSecrets, ", "))
	}
	if len(webhooks) > 0 {
		known = append(known, "webhooks "+strings.Join(webhooks, ", "))
	}
	if len(known) == 0 {
		return nil
	}
	return insertEvent(ctx, tx, Event{TenantKey: tenantKey, Actor: by.name, Action: "member.may_know", Target: member, IP: by.ip,
		Detail: strings.Join(known, "; ")})
}
