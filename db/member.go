package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// A Role is what a member may do at a tenant.
type Role string

// The roles. Each may do what the ones below it may.
const (
	RoleOwner  Role = "OWNER"
	RoleAdmin  Role = "ADMIN"  // all but members
	RoleViewer Role = "VIEWER" // look
)

// May reports whether a role includes another. No role at all includes nothing.
func (r Role) May(needed Role) bool { return rank[r] >= rank[needed] && rank[r] > 0 }

var rank = map[Role]int{RoleViewer: 1, RoleAdmin: 2, RoleOwner: 3}

// RoleOf gives a person's role at a tenant, "" for somebody who is no member or a tenant that
// does not exist: strangers cannot tell the two apart.
func (d *DB) RoleOf(ctx context.Context, tenantKey string, user uuid.UUID) (role Role, err error) {
	if !tenantKeyForm.MatchString(tenantKey) {
		return "", nil
	}
	err = d.auth(ctx, func(tx bun.Tx) error {
		err := tx.NewRaw(`SELECT role FROM members WHERE tenant_key = ? AND user_id = ?`, tenantKey, user).Scan(ctx, &role)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return role, err
}

// CreateTenantFor is CreateTenant by a person, who becomes its owner.
func (d *DB) CreateTenantFor(ctx context.Context, owner uuid.UUID, name string) (*Tenant, error) {
	tenant, err := d.CreateTenant(ctx, name, nil)
	if err != nil {
		return nil, err
	}
	return tenant, d.SetMember(ctx, tenant.Key, owner, RoleOwner)
}

// SetMember gives a person a role at a tenant.
func (d *DB) SetMember(ctx context.Context, tenantKey string, user uuid.UUID, role Role) error {
	return d.auth(ctx, func(tx bun.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO members (tenant_key, user_id, role) VALUES (?, ?, ?)
			ON CONFLICT (tenant_key, user_id) DO UPDATE SET role = excluded.role`, tenantKey, user, string(role)).Exec(ctx)
		return err
	})
}
