package db

import (
	"cmp"
	"context"
	"net/netip"
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

// assertionRefused is the action of events with a detail that repeats an assertion's content. Such a detail
// may identify a person, so it is stored sealed.
const assertionRefused = "assertion.refused"

// auditedDetail is the sealed field for such a detail.
const auditedDetail seal.Field = "audit_events.sealed_detail"

// storeDetail returns the detail of e as a row stores it: in the clear or sealed.
func (d *DB) storeDetail(e Event) (detail string, sealed []byte) {
	if e.Action != assertionRefused || d.storesPlaintext() {
		return e.Detail, nil
	}
	return "", auditedDetail.Seal(d.visitorKey(e.TenantKey), e.TenantKey, e.ID[:], e.Detail)
}

// openDetail undoes storeDetail. A detail that does not open is replaced by a remark, so that the other events
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

// Reference returns the reference that a refused visitor was shown, or "" for another event.
func (e *Event) Reference() string {
	if e.Action != assertionRefused {
		return ""
	}
	return e.ID.String()
}

// isByTenant reports whether the actor is a member of the event's tenant or its server key. A tenant sees no
// other actor's address.
func (e *Event) isByTenant() bool {
	return strings.HasPrefix(e.Actor, memberPrefix) || strings.HasPrefix(e.Actor, serverKeyActor)
}

// truncated returns the event with its texts cut to a maximum length, since a text may repeat what somebody
// sent.
func (e Event) truncated() Event {
	e.Target, e.Detail = truncate(e.Target, 300), truncate(e.Detail, 500)
	return e
}

// truncate returns a text, or its beginning and an ellipsis if it is longer than a number of bytes.
func truncate(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// insertEvent records an event under a new id.
func insertEvent(ctx context.Context, tx authorityTx, e Event) error {
	e = e.truncated()
	e.ID = newID()
	if e.TenantKey != "" && !e.isByTenant() {
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
			if !e.isByTenant() { // older releases stored it
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

// Event returns one of a tenant's events by its id, which a refused visitor is shown as a reference. It returns CodeNotFound if the
// tenant has none with the id.
func (d *DB) Event(ctx context.Context, tenantKey string, id uuid.UUID) (_ *Event, err error) {
	defer place(&err, "db.Event")
	e := &Event{ID: id, TenantKey: tenantKey}
	var sealed []byte
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		err := tx.NewRaw(`SELECT at, actor, action, target, ip, detail, sealed_detail FROM audit_events WHERE tenant_key = ? AND id = ?`, tenantKey, id).
			Scan(ctx, &e.At, &e.Actor, &e.Action, &e.Target, &e.IP, &e.Detail, &sealed)
		return ifNoRows(err, errNotFound)
	})
	if err != nil {
		return nil, err
	}
	if !e.isByTenant() {
		e.IP = ""
	}
	d.openDetail(ctx, e, sealed)
	return e, nil
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
		if wait, err := d.countTry(ctx, tx, d.rates, Changes.By(e.TenantKey, by.name)); err != nil || wait > 0 {
			return cmp.Or(err, error(RateLimited(wait)))
		}
	}
	e.Actor, e.IP = by.name, by.ip
	return insertEvent(ctx, tx, e)
}

// Pseudonym returns the name of a person in the audit log. A dump of the database does not reveal who it is.
// After the account is deleted nothing does, unless the person discloses their id.
func (d *DB) Pseudonym(user uuid.UUID) string { return d.ViewerID(user, "") }

// auditPerson records an act of a person on their own account, from an address, in the transaction of the
// act.
func (d *DB) auditPerson(ctx context.Context, tx authorityTx, user uuid.UUID, from string, e Event) error {
	if wait, err := d.countTry(ctx, tx, 1, accountEntries.By(user.String(), e.Action)); err != nil || wait > 0 {
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

// SecurityEvents returns the newest events about a person's account, at most 1,000: those before the event with the id
// before, or the newest of all if before is uuid.Nil. The person is the actor "viewer".
func (d *DB) SecurityEvents(ctx context.Context, user, before uuid.UUID, limit int) (events []*Event, err error) {
	defer place(&err, "db.SecurityEvents")
	if before == uuid.Nil {
		before = uuid.Max
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		events, err = d.eventsOf(ctx, tx, user, before, min(limit, 1000))
		return err
	})
	self := d.Pseudonym(user)
	for _, e := range events {
		if e.Actor == self {
			e.Actor = "viewer"
		}
		if e.Target == self {
			e.Target = ""
		}
	}
	return events, err
}

// eventsOf returns the newest events about a person that concern no tenant, of those before the event with the id before.
func (d *DB) eventsOf(ctx context.Context, tx authorityTx, user, before uuid.UUID, limit int) ([]*Event, error) {
	events := []*Event{}
	err := tx.NewRaw(`SELECT id, at, actor, action, target, ip, detail FROM audit_events
		WHERE tenant_key IS NULL AND (actor = ?0 OR target = ?0) AND id < ?1 ORDER BY id DESC LIMIT ?2`, d.Pseudonym(user), before, limit).Scan(ctx, &events)
	return events, err
}
