package db

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// An Event is something that somebody may have to answer for. It holds no secret, no note and
// nothing of a visitor but ids that mean nothing elsewhere.
type Event struct {
	ID        uuid.UUID `json:"id"` // set by Audit
	At        time.Time `json:"at"` // set by Audit
	TenantKey string    `json:"tenant,omitempty"`
	Actor     string    `json:"actor"`  // who: "visitor", "operator", …
	Action    string    `json:"action"` // what: noun.verb, like "assertion.refused"
	Target    string    `json:"target,omitempty"`
	IP        string    `json:"ip,omitempty"`
	Detail    string    `json:"detail,omitempty"`
}

// Audit appends an event and gives its id, by which people may refer to it.
func (d *DB) Audit(ctx context.Context, e Event) (id string, err error) {
	e.ID = newID()
	err = d.auth(ctx, func(tx bun.Tx) error { return insertEvent(ctx, tx, e) })
	return e.ID.String(), err
}

func insertEvent(ctx context.Context, tx bun.Tx, e Event) error {
	_, err := tx.NewRaw(`INSERT INTO audit_events (id, tenant_key, actor, action, target, ip, detail) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		e.ID, nullString(e.TenantKey), e.Actor, e.Action, e.Target, e.IP, e.Detail).Exec(ctx)
	return err
}

// Events gives the newest of a tenant's events, 1,000 at most.
func (d *DB) Events(ctx context.Context, tenantKey string, limit int) (events []*Event, err error) {
	err = d.auth(ctx, func(tx bun.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, at, actor, action, target, ip, detail FROM audit_events
			WHERE tenant_key = ? ORDER BY id DESC LIMIT ?`, tenantKey, min(limit, 1000))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			e := &Event{TenantKey: tenantKey}
			if err := rows.Scan(&e.ID, &e.At, &e.Actor, &e.Action, &e.Target, &e.IP, &e.Detail); err != nil {
				return err
			}
			events = append(events, e)
		}
		return rows.Err()
	})
	return events, err
}
