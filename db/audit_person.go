package db

import (
	"context"
	"net/netip"
	"time"

	"github.com/google/uuid"
)

// Pseudonym is the name of a person in the audit log. A dump of the database does not reveal
// who it is, and once the account is deleted nothing does, unless the person tells their id.
func (d *DB) Pseudonym(user uuid.UUID) string { return d.ViewerID(user, "") }

// entries limits what is recorded of an account: so many acts of each kind an hour. No act is refused
// for it: to end a session or to remove a passkey may be somebody's defense.
var entries = Rate{"entries of an account", 60, time.Hour} // by user id and action

// auditPerson records what a person did with their account, from an address, in the transaction that does it.
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
