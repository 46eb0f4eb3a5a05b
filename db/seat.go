package db

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// A Seat is who changes how a tenant is set up: a member by their account session, the tenant's
// backend by its server key, or the operator. By itself it allows nothing: every change takes one
// and checks, under the lock that it holds, what it is worth at that moment (see change). The zero
// Seat is refused.
type Seat struct {
	operator  bool
	session   *Session
	serverKey *ServerKey
	from      string // the address that the request came from, for the audit log
}

// Operator is the seat of whoever runs the service's commands, at every tenant.
var Operator = Seat{operator: true}

// SeatOf is the seat of the person of an account session, wherever they are a member.
func SeatOf(s *Session) Seat {
	if s == nil || s.Kind != SessionAccount {
		return Seat{}
	}
	return Seat{session: s, from: s.From}
}

// Seat is that of the backend that presented the key, at its own tenant, from an address.
func (k *ServerKey) Seat(from string) Seat { return Seat{serverKey: k, from: from} }

// person is the member in the seat, uuid.Nil for the backend and the operator.
func (s Seat) person() uuid.UUID {
	if s.session == nil {
		return uuid.Nil
	}
	return s.session.UserID
}

// A requirement is what a change asks of the seat. Its zero value leaves it to the operator.
type requirement struct {
	role      Role // of a member
	confirmed bool // by a passkey used in the last five minutes: not for somebody at a computer left open
	backend   bool // may do it too
}

var (
	// ErrNoMember is returned for a tenant that is not there, and alike for one that the seat is none of.
	ErrNoMember error = &Error{Code: CodeNotFound, Message: "You don't have access to this tenant."}
	// ErrNoRole is returned for what a member's role does not include.
	ErrNoRole error = &Error{Code: CodeForbidden, Message: "Your role in this tenant doesn't allow this. Ask one of its owners."}
)

// A tenantTx is a tenant that is being changed: held by the transaction, for somebody who may.
type tenantTx struct {
	authorityTx
	tenantKey string
	by        actor
	of        *DB
}

// record records what is done to the tenant in its audit log, in the transaction that does it.
func (c *tenantTx) record(ctx context.Context, e Event) error {
	e.TenantKey = c.tenantKey
	return c.of.auditTenant(ctx, c.authorityTx, c.by, e)
}

// change runs f in a transaction that holds the tenant, so that changes of one happen one after the
// other, once it has seen there that the seat meets the demand; and gives the tenant as it is then.
// What is checked before the lock is worth nothing: whoever takes a role, a session or a key away
// may hold it. It returns ErrNoMember, ErrNoRole, ErrUnconfirmed, ErrNoSession or ErrNoServerKey for
// a seat that does not, and ErrUnknownTenant to the operator where there is no such tenant.
func (d *DB) changeTenant(ctx context.Context, seat Seat, tenantKey string, needs requirement, f func(*tenantTx) error) (*Tenant, error) {
	if err := d.inTenant(ctx, seat, tenantKey, needs, f); err != nil {
		return nil, err
	}
	return d.Tenant(ctx, tenantKey)
}

// changeOnly is change for what gives something else.
func (d *DB) inTenant(ctx context.Context, seat Seat, tenantKey string, needs requirement, f func(*tenantTx) error) error {
	return d.asAuthority(ctx, func(tx authorityTx) error {
		by, err := d.lockSeat(ctx, tx, seat, tenantKey, needs)
		if err != nil {
			return err
		}
		return f(&tenantTx{tx, tenantKey, by, d})
	})
}

// take locks the tenant, after the person and the session of a member (see lockUser), and checks
// that the seat meets the demand.
func (d *DB) lockSeat(ctx context.Context, tx authorityTx, seat Seat, tenantKey string, needs requirement) (actor, error) {
	switch {
	case seat.operator:
		return operator, lockTenant(ctx, tx, tenantKey)
	case seat.serverKey != nil:
		by := actor{serverKeyActor + seat.serverKey.Prefix, seat.from}
		if !needs.backend || seat.serverKey.TenantKey != tenantKey {
			return by, ErrNoMember
		}
		if err := lockTenant(ctx, tx, tenantKey); err != nil {
			return by, err
		}
		return by, holdServerKey(ctx, tx, seat.serverKey)
	case seat.session == nil:
		return actor{}, ErrNoMember
	}
	by := actor{d.MemberID(seat.session.UserID, tenantKey), seat.from}
	if err := holdSession(ctx, tx, seat.session); err != nil {
		return by, err
	}
	if err := lockTenant(ctx, tx, tenantKey); err != nil {
		if err == ErrUnknownTenant { //nolint:errorlint // made here, wrapped nowhere
			err = ErrNoMember
		}
		return by, err
	}
	role, err := roleOf(ctx, tx, tenantKey, seat.session.UserID)
	switch {
	case err != nil:
		return by, err
	case role == "":
		return by, ErrNoMember
	case needs.role == "" || !role.May(needs.role):
		return by, ErrNoRole
	case needs.confirmed:
		return by, requireConfirmation(ctx, tx, seat.session)
	}
	return by, nil
}

// MayStillSee returns nil while the seat's session or server key is live and it is a member, or the backend, of
// each of the tenants. Whatever was read for it may have waited, and is shown only after this. It returns
// ErrNoSession, ErrNoServerKey or ErrNoMember otherwise.
func (d *DB) MayStillSee(ctx context.Context, seat Seat, tenantKeys ...string) error {
	switch {
	case seat.operator:
		return nil
	case seat.serverKey != nil:
		if slices.ContainsFunc(tenantKeys, func(key string) bool { return key != seat.serverKey.TenantKey }) {
			return ErrNoMember
		}
		return d.asAuthority(ctx, func(tx authorityTx) error { return holdServerKey(ctx, tx, seat.serverKey) })
	case seat.session == nil:
		return ErrNoMember
	}
	slices.Sort(tenantKeys)
	tenantKeys = slices.Compact(tenantKeys)
	var memberOf int
	err := d.asAuthority(ctx, func(tx authorityTx) error {
		err := tx.NewRaw(`SELECT (SELECT count(*) FROM members m WHERE m.user_id = s.user_id AND m.tenant_key = ANY (?))
			FROM sessions s WHERE s.id = ? AND s.revoked_at IS NULL AND s.expires_at > now()`, pgdialect.Array(tenantKeys), seat.session.ID).Scan(ctx, &memberOf)
		return noRows(err, ErrNoSession)
	})
	if err == nil && memberOf < len(tenantKeys) {
		err = ErrNoMember
	}
	return err
}

// holdServerKey holds a live server key, and its tenant as one that is not suspended, until the
// transaction ends. It returns ErrNoServerKey where it is neither any more.
func holdServerKey(ctx context.Context, tx authorityTx, k *ServerKey) error {
	var key string // the tenant comes first, as it does for whoever revokes the key
	err := tx.NewRaw(`SELECT key FROM tenants WHERE key = ? AND suspended_at IS NULL FOR SHARE`, k.TenantKey).Scan(ctx, &key)
	if err != nil {
		return noRows(err, ErrNoServerKey)
	}
	var id uuid.UUID
	err = tx.NewRaw(`SELECT id FROM server_keys WHERE id = ? AND tenant_key = ? AND revoked_at IS NULL FOR SHARE`, k.ID, k.TenantKey).Scan(ctx, &id)
	return noRows(err, ErrNoServerKey)
}
