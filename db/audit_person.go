package db

import (
	"context"
	"net/netip"
	"time"

	"github.com/google/uuid"
)

// Pseudonym returns the name of a person in the audit log. A dump of the database does not reveal who it is.
// After the account is deleted nothing does, unless the person discloses their id.
func (d *DB) Pseudonym(user uuid.UUID) string { return d.ViewerID(user, "") }

// entries limits how many acts of each kind are recorded for an account in an hour. It refuses no act: ending
// a session or removing a passkey may be a defense.
var entries = Rate{"entries of an account", 60, time.Hour} // by user id and action

// auditPerson records an act of a person on their own account, from an address, in the transaction of the
// act.
func (d *DB) auditPerson(ctx context.Context, tx authorityTx, user uuid.UUID, from string, e Event) error {
	if wait, err := d.count(ctx, tx, 1, entries.By(user.String(), e.Action)); err != nil || wait > 0 {
		return err
	}
	e.Actor, e.IP = d.Pseudonym(user), network(from)
	return insertEvent(ctx, tx, e)
}

// network returns the part of a person's address that the audit log keeps: the log outlives the account, and a
// whole address would identify the person.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	bits := 48
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		bits = 24
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return ""
	}
	return prefix.String()
}
