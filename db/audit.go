package db

import (
	"context"

	"github.com/uptrace/bun"
)

// An Event is something that somebody may have to answer for. It holds no secret, no note and
// nothing of a visitor but ids that mean nothing elsewhere.
type Event struct {
	TenantKey string // "" for what concerns no tenant
	Actor     string // who: "user u_…", "server key sk_…", "operator", "visitor"
	Action    string // what: noun.verb, like "assertion.refused"
	Target    string
	IP        string
	Detail    string
}

// Audit appends an event and gives its id, by which people may refer to it.
func (d *DB) Audit(ctx context.Context, e Event) (id string, err error) {
	key := newID()
	err = d.auth(ctx, func(tx bun.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO audit_events (id, tenant_key, actor, action, target, ip, detail) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			key, nullString(e.TenantKey), e.Actor, e.Action, e.Target, e.IP, e.Detail).Exec(ctx)
		return err
	})
	return key.String(), err
}
