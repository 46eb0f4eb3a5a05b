package db

import (
	"context"
	"net/netip"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Pseudonym is whom the audit log names where it means a person. Nobody can tell from a dump
// whose it is, and nothing can once the account is deleted, unless its person says their id.
func (d *DB) Pseudonym(user uuid.UUID) string { return d.ViewerID(user, "") }

// entries bounds what is noted of an account: of each kind of act so many an hour. No act is refused
// for it: to end a session or to remove a passkey may be somebody's defence.
var entries = Rate{"entries of an account", 60, time.Hour} // by user id and action

// auditPerson appends what a person did with their account, in the transaction that does it.
func (d *DB) auditPerson(ctx context.Context, tx bun.Tx, user uuid.UUID, from, action, target, detail string) error {
	if wait, err := d.count(ctx, tx, 1, entries.By(user.String(), action)); err != nil || wait > 0 {
		return err
	}
	return insertEvent(ctx, tx, Event{ID: newID(), Actor: d.Pseudonym(user), Action: action, Target: target, IP: network(from), Detail: detail})
}

// network is what the audit log keeps of a person's address: it outlives the account, and a
// whole address would say whose that was.
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
