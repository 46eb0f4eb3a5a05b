package db

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// An Event is an entry in the audit log. It holds no secrets and no notes, and it identifies visitors only by
// ids that mean nothing elsewhere.
type Event struct {
	ID        uuid.UUID `json:"id"` // set when it is recorded
	At        time.Time `json:"at"` // set when it is recorded
	TenantKey string    `json:"tenant,omitempty"`
	Actor     string    `json:"actor"`  // who: "visitor", "operator", a pseudonym, …
	Action    string    `json:"action"` // what: noun.verb, like "assertion.refused"
	Target    string    `json:"target,omitempty"`
	IP        string    `json:"ip,omitempty"`
	Detail    string    `json:"detail,omitempty"`
}

const serverKeyActor = "server key "

// Changes limits how often one actor may change a tenant's configuration, since the audit log keeps each
// change.
var Changes = Rate{"changes of a tenant", 1000, time.Hour} // by tenant key and actor

// assertionRefused is the action of events with a detail that repeats an assertion's content. Such a detail
// may identify a person, so it is stored sealed.
const assertionRefused = "assertion.refused"

// auditedDetail is the sealed field for such a detail.
const auditedDetail seal.Field = "audit_events.sealed_detail"

// keepDetail returns the detail of e as a row stores it: in the clear or sealed.
func (d *DB) keepDetail(e Event) (detail string, sealed []byte) {
	if e.Action != assertionRefused || d.inTheClear() {
		return e.Detail, nil
	}
	return "", auditedDetail.Seal(d.visitorKey(e.TenantKey), e.TenantKey, e.ID[:], e.Detail)
}

// openDetail undoes keepDetail. A detail that does not open is replaced by a remark, so that the other events
// can still be read.
func (d *DB) openDetail(ctx context.Context, e *Event, sealed []byte) {
	if sealed == nil {
		return
	}
	err := auditedDetail.Open(d.visitorKey(e.TenantKey), e.TenantKey, e.ID[:], sealed, &e.Detail)
	if d.auditUnsealedField(ctx, err, auditedDetail, e.TenantKey, e.ID[:]) != nil {
		e.Detail = "this was changed, and does not open any more"
	}
}

// ownActor reports whether the actor is a member of the event's tenant or its server key. A tenant sees no
// other actor's address.
func (e *Event) ownActor() bool {
	return strings.HasPrefix(e.Actor, memberPrefix) || strings.HasPrefix(e.Actor, serverKeyActor)
}

// bounded returns the event with its texts cut to a maximum length, since a text may repeat what somebody
// sent.
func (e Event) bounded() Event {
	e.Target, e.Detail = cut(e.Target, 300), cut(e.Detail, 500)
	return e
}

// cut returns a text, or its beginning and an ellipsis if it is longer than a number of bytes.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// insertEvent records an event under a new id.
func insertEvent(ctx context.Context, tx authorityTx, e Event) error {
	e = e.bounded()
	e.ID = newID()
	if e.TenantKey != "" && !e.ownActor() {
		e.IP = ""
	}
	_, err := tx.NewRaw(`INSERT INTO audit_events (id, tenant_key, actor, action, target, ip, detail) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		e.ID, nullString(e.TenantKey), e.Actor, e.Action, e.Target, e.IP, e.Detail).Exec(ctx)
	return err
}

// Events returns a tenant's newest events, at most 1,000: those before the event with the id before, or the
// newest of all if before is uuid.Nil.
func (d *DB) Events(ctx context.Context, tenantKey string, before uuid.UUID, limit int) (events []*Event, err error) {
	defer place(&err, "db.Events")
	if before == uuid.Nil {
		before = uuid.Max
	}
	var details [][]byte
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		events, details = nil, nil // from an earlier attempt
		rows, err := tx.QueryContext(ctx, `SELECT id, at, actor, action, target, ip, detail, sealed_detail FROM audit_events
			WHERE tenant_key = ? AND id < ? ORDER BY id DESC LIMIT ?`, tenantKey, before, min(limit, 1000))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			e := &Event{TenantKey: tenantKey}
			var sealed []byte
			if err := rows.Scan(&e.ID, &e.At, &e.Actor, &e.Action, &e.Target, &e.IP, &e.Detail, &sealed); err != nil {
				return err
			}
			if !e.ownActor() { // older releases stored it
				e.IP = ""
			}
			events, details = append(events, e), append(details, sealed)
		}
		return rows.Err()
	})
	for i, e := range events {
		d.openDetail(ctx, e, details[i])
	}
	return events, err
}

// An actor is who made a change, as the audit log names them.
type actor struct {
	name string // "operator", "server key sk_…" or a member's id (MemberID)
	ip   string // the address that the request came from; "" for a command
}

var operator = actor{name: "operator"}

// auditTenant records a change of the event's tenant by an actor, in the transaction of the change. It
// returns CodeRateLimited, so that the change fails, when the actor exceeds Changes.
func (d *DB) auditTenant(ctx context.Context, tx authorityTx, by actor, e Event) error {
	if by != operator {
		if wait, err := d.count(ctx, tx, d.rates, Changes.By(e.TenantKey, by.name)); err != nil || wait > 0 {
			return cmp.Or(err, error(RateLimited(wait)))
		}
	}
	e.Actor, e.IP = by.name, by.ip
	return insertEvent(ctx, tx, e)
}
