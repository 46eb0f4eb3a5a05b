package db

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// An Event is something that somebody may have to answer for. It holds no secret, no note and
// nothing of a visitor but ids that mean nothing elsewhere.
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

// Changes is how often one actor may change how a tenant is set up: as each change is kept for good.
var Changes = Rate{"changes of a tenant", 1000, time.Hour} // by tenant key and actor

// assertionRefused is the action of an event whose detail repeats what an assertion says, and so
// perhaps of whom: that is kept sealed.
const assertionRefused = "assertion.refused"

// auditedDetail is the sealed field of such a detail.
const auditedDetail seal.Field = "audit_events.sealed_detail"

// keepDetail gives the details of e as a row holds them: as they are, or sealed.
func (d *DB) keepDetail(e Event) (detail string, sealed []byte) {
	if e.Action != assertionRefused || d.inTheClear() {
		return e.Detail, nil
	}
	return "", auditedDetail.Seal(d.visitorKey(e.TenantKey), e.TenantKey, e.ID[:], e.Detail)
}

// openDetail undoes keepDetail. What does not open hides no other event.
func (d *DB) openDetail(ctx context.Context, e *Event, sealed []byte) {
	if sealed == nil {
		return
	}
	err := auditedDetail.Open(d.visitorKey(e.TenantKey), e.TenantKey, e.ID[:], sealed, &e.Detail)
	if d.auditUnsealedField(ctx, err, auditedDetail, e.TenantKey, e.ID[:]) != nil {
		e.Detail = "this was changed, and does not open any more"
	}
}

// ownActor reports whether who did it is a member of the event's tenant, or its server key. Of
// nobody else does a tenant see an address.
func (e *Event) ownActor() bool {
	return strings.HasPrefix(e.Actor, memberPrefix) || strings.HasPrefix(e.Actor, serverKeyActor)
}

// bounded is the event with texts of a bounded length: what somebody sent may be in them.
func (e Event) bounded() Event {
	e.Target, e.Detail = cut(e.Target, 300), cut(e.Detail, 500)
	return e
}

// cut gives at most so many bytes of a text, in UTF-8.
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

// Events gives the newest of a tenant's events, 1,000 at most: those older than the one of id
// before, or from the newest on where that is uuid.Nil.
func (d *DB) Events(ctx context.Context, tenantKey string, before uuid.UUID, limit int) (events []*Event, err error) {
	defer place(&err, "db.Events")
	if before == uuid.Nil {
		before = uuid.Max
	}
	var details [][]byte
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		events, details = nil, nil // of an attempt before
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
			if !e.ownActor() { // as older releases kept it
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

// An actor is who the audit log says made a change.
type actor struct {
	name string // "operator", "server key sk_…" or a member's id (MemberID)
	ip   string // where the request came from; "" for a command
}

var operator = actor{name: "operator"}

// auditTenant records what by did to the event's tenant, in the transaction that does it. It returns
// CodeRateLimited, and nothing is done, when by does so all the time.
func (d *DB) auditTenant(ctx context.Context, tx authorityTx, by actor, e Event) error {
	if by != operator {
		if wait, err := d.count(ctx, tx, d.rates, Changes.By(e.TenantKey, by.name)); err != nil || wait > 0 {
			return cmp.Or(err, error(RateLimited(wait)))
		}
	}
	e.Actor, e.IP = by.name, by.ip
	return insertEvent(ctx, tx, e)
}
