package db

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// A Seat is the right to change one tenant. It belongs to a member with an account session, to the
// tenant's backend with its server key, or to the operator. Every change takes a Seat and checks it
// again under the tenant's lock (see changeTenant), because a role, session or key may have been
// revoked meanwhile. The zero Seat is refused.
type Seat struct {
	tenantKey string
	operator  bool
	session   *Session
	serverKey *ServerKey
	from      string // the client's address, for the audit log
}

// Operator returns the operator's seat at a tenant, for the service's commands.
func Operator(tenantKey string) Seat { return Seat{tenantKey: tenantKey, operator: true} }

// Administer returns the seat of the person of an account session at a tenant where they have at least
// role. It returns ErrNoMember both for a person who is not a member and for a tenant that does not
// exist, and ErrNoRole for a member with a lesser role.
func (d *DB) Administer(ctx context.Context, s *Session, tenantKey string, role Role) (_ Seat, err error) {
	defer place(&err, "db.Administer")
	if s.Kind != SessionAccount {
		return Seat{}, ErrNoMember
	}
	has, err := d.RoleOf(ctx, tenantKey, s.UserID)
	switch {
	case err != nil:
		return Seat{}, err
	case has == "":
		return Seat{}, ErrNoMember
	case !has.Includes(role):
		return Seat{}, ErrNoRole
	}
	return Seat{tenantKey: tenantKey, session: s, from: s.From}, nil
}

// Seat returns the seat of the backend that presented the key from an address. It returns ErrNoMember
// for another tenant.
func (k *ServerKey) Seat(tenantKey, from string) (Seat, error) {
	if k.TenantKey != tenantKey {
		return Seat{}, ErrNoMember
	}
	return Seat{tenantKey: tenantKey, serverKey: k, from: from}, nil
}

// person returns the member in the seat, or uuid.Nil for the backend and the operator.
func (s Seat) person() uuid.UUID {
	if s.session == nil {
		return uuid.Nil
	}
	return s.session.UserID
}

// A requirement says which seats may make a change. The zero requirement admits only the operator.
type requirement struct {
	role      Role // a member must have at least this role
	confirmed bool // by a passkey used in the last five minutes, so that an unattended computer is not enough
	backend   bool // admits the tenant's backend too
}

var (
	// ErrNoMember is returned both to a person who is not a member of a tenant and for a tenant that
	// does not exist.
	ErrNoMember error = &Error{Code: CodeNotFound, Message: "You don't have access to this tenant."}
	// ErrNoRole is returned if a member's role does not allow the change.
	ErrNoRole error = &Error{Code: CodeForbidden, Message: "Your role in this tenant doesn't allow this. Ask one of its owners."}
)

// A tenantTx is a transaction that holds a tenant's lock, for a seat that may change the tenant.
type tenantTx struct {
	authorityTx
	tenantKey string
	by        actor
	db        *DB
}

// record writes the change into the tenant's audit log, in the same transaction.
func (c *tenantTx) record(ctx context.Context, e Event) error {
	e.TenantKey = c.tenantKey
	return c.db.auditTenant(ctx, c.authorityTx, c.by, e)
}

// changeTenant runs f in a transaction that holds the lock of the seat's tenant, so that changes of one tenant
// happen one after the other. It first checks there that the seat meets the requirement. It returns the changed
// tenant. If the seat does not meet the requirement, the error is ErrNoMember, ErrNoRole, ErrUnconfirmed,
// ErrNoSession or ErrNoServerKey; if there is no such tenant, the operator gets ErrUnknownTenant.
func (d *DB) changeTenant(ctx context.Context, seat Seat, needs requirement, f func(*tenantTx) error) (*Tenant, error) {
	if err := d.inTenant(ctx, seat, needs, f); err != nil {
		return nil, err
	}
	return d.Tenant(ctx, seat.tenantKey)
}

// inTenant is changeTenant without returning the tenant.
func (d *DB) inTenant(ctx context.Context, seat Seat, needs requirement, f func(*tenantTx) error) error {
	return d.asAuthority(ctx, func(tx authorityTx) error {
		by, err := d.lockSeat(ctx, tx, seat, needs)
		if err != nil {
			return err
		}
		return f(&tenantTx{tx, seat.tenantKey, by, d})
	})
}

// lockSeat locks the seat's tenant, and before it a member's user and session (see lockUser). It
// checks that the seat meets the requirement.
func (d *DB) lockSeat(ctx context.Context, tx authorityTx, seat Seat, needs requirement) (actor, error) {
	switch {
	case seat.operator:
		return operator, lockTenant(ctx, tx, seat.tenantKey)
	case seat.serverKey != nil:
		by := actor{serverKeyActor + seat.serverKey.Prefix, seat.from}
		if !needs.backend {
			return by, ErrNoMember
		}
		if err := lockTenant(ctx, tx, seat.tenantKey); err != nil {
			return by, err
		}
		return by, lockServerKey(ctx, tx, seat.serverKey)
	case seat.session == nil:
		return actor{}, ErrNoMember
	}
	by := actor{d.MemberID(seat.session.UserID, seat.tenantKey), seat.from}
	if err := lockSession(ctx, tx, seat.session); err != nil {
		return by, err
	}
	if err := lockTenant(ctx, tx, seat.tenantKey); err != nil {
		if errors.Is(err, ErrUnknownTenant) {
			err = ErrNoMember
		}
		return by, err
	}
	role, err := roleOf(ctx, tx, seat.tenantKey, seat.session.UserID)
	switch {
	case err != nil:
		return by, err
	case role == "":
		return by, ErrNoMember
	case needs.role == "" || !role.Includes(needs.role):
		return by, ErrNoRole
	case needs.confirmed:
		return by, requireConfirmation(ctx, tx, seat.session)
	}
	return by, nil
}

// RequireMembership returns nil if an account session is live and its person is a member of each of the tenants. Callers
// check this before they show data that was read earlier. It returns ErrNoSession or ErrNoMember otherwise.
func (d *DB) RequireMembership(ctx context.Context, s *Session, tenantKeys ...string) (err error) {
	defer place(&err, "db.RequireMembership")
	slices.Sort(tenantKeys)
	tenantKeys = slices.Compact(tenantKeys)
	var memberOf int
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		err := tx.NewRaw(`SELECT (SELECT count(*) FROM members m WHERE m.user_id = s.user_id AND m.tenant_key = ANY (?))
			FROM sessions s WHERE s.user_id = ? AND s.id = ? AND s.revoked_at IS NULL AND s.expires_at > now()`, pgdialect.Array(tenantKeys), s.UserID, s.ID).Scan(ctx, &memberOf)
		return ifNoRows(err, ErrNoSession)
	})
	if err == nil && memberOf < len(tenantKeys) {
		err = ErrNoMember
	}
	return err
}

// RequireServerKey is RequireMembership for a tenant's backend. It returns ErrNoServerKey if the key was
// revoked, and ErrNoMember for a tenant other than the key's.
func (d *DB) RequireServerKey(ctx context.Context, k *ServerKey, tenantKeys ...string) (err error) {
	defer place(&err, "db.RequireServerKey")
	if slices.ContainsFunc(tenantKeys, func(key string) bool { return key != k.TenantKey }) {
		return ErrNoMember
	}
	return d.asAuthority(ctx, func(tx authorityTx) error { return lockServerKey(ctx, tx, k) })
}

// lockServerKey locks a live server key and its tenant until the transaction ends. It returns
// ErrNoServerKey if the key was revoked or the tenant is suspended.
func lockServerKey(ctx context.Context, tx authorityTx, k *ServerKey) error {
	var key string // tenant before key, in the same order as when a key is revoked
	err := tx.NewRaw(`SELECT key FROM tenants WHERE key = ? AND suspended_at IS NULL FOR SHARE`, k.TenantKey).Scan(ctx, &key)
	if err != nil {
		return ifNoRows(err, ErrNoServerKey)
	}
	var id uuid.UUID
	err = tx.NewRaw(`SELECT id FROM server_keys WHERE id = ? AND tenant_key = ? AND revoked_at IS NULL FOR SHARE`, k.ID, k.TenantKey).Scan(ctx, &id)
	return ifNoRows(err, ErrNoServerKey)
}
