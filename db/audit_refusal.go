package db

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// How often refusals are recorded. Deliberate, repeated refusals must not fill the log: an event says that
// something happened, and not how often. Options.Rates does not multiply these.
var (
	refusedCiphertexts = Rate{"refused ciphertexts", 5, time.Hour}   // by ciphertext
	refusedPasskeys    = Rate{"refused passkeys", 5, time.Hour}      // by user id
	refusedLinks       = Rate{"refused links", 1, 10 * time.Minute}  // by user id and tenant key
	refusedTries       = Rate{"refused tries", 1, 10 * time.Minute}  // by rate and caller
	refusals           = Rate{"refusals of a kind", 1000, time.Hour} // by action and tenant key, for all addresses together
)

// insertRefusal counts nothing while one of its limits is reached, so that a refusal then only reads.
const insertRefusal = `INSERT INTO audit_events (id, tenant_key, actor, action, target, ip, detail, sealed_detail)
	SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE CASE
		WHEN (SELECT max(try_wait(k, n, s)) FROM unnest($9::bytea[], $10::int[], $11::float8[]) AS t(k, n, s)) > 0 THEN false
		ELSE (SELECT max(count_try(k, n, s)) FROM unnest($9::bytea[], $10::int[], $11::float8[]) AS t(k, n, s)) = 0 END`

// RecordRefusal records a refusal and returns the event's id, or "" when the limit for such events is
// reached.
func (d *DB) RecordRefusal(ctx context.Context, e Event) (id string, err error) {
	defer place(&err, "db.RecordRefusal")
	return d.recordRefusal(ctx, e, refusals.By(e.Action, e.TenantKey))
}

func (d *DB) recordRefusal(ctx context.Context, e Event, limits ...Try) (id string, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.acquireTimeout) // the caller may be gone, or hold a connection
	defer cancel()
	e = e.bounded()
	e.ID = newID()
	keys, counts, spans := d.counted(1, limits)
	if e.TenantKey != "" && !e.ownActor() {
		e.IP = ""
	}
	detail, sealed := d.keepDetail(e)
	made, err := d.execAsAuthority(ctx, insertRefusal, e.ID, nullString(e.TenantKey), e.Actor, e.Action, e.Target, e.IP, detail, sealed, keys, counts, spans)
	if err != nil || made == 0 {
		return "", err
	}
	return e.ID.String(), nil
}

// RecordRefusedPasskey records that a passkey of a known user was refused.
func (d *DB) RecordRefusedPasskey(ctx context.Context, user uuid.UUID, from, why string) (err error) {
	defer place(&err, "db.RecordRefusedPasskey")
	e := Event{Actor: d.Pseudonym(user), Action: "passkey.refused", IP: network(from), Detail: why}
	_, err = d.recordRefusal(ctx, e, refusedPasskeys.By(user.String()), refusals.By(e.Action))
	return err
}

// RecordRefusedLink records, for the account that asked, that a tenant's subject is linked to another
// account. The tenant gets an event without the account, so that it can check whether the subject changed
// hands.
func (d *DB) RecordRefusedLink(ctx context.Context, s *Session, tenantKey string) (err error) {
	defer place(&err, "db.RecordRefusedLink")
	e := Event{Actor: d.Pseudonym(s.UserID), Action: "identity.refused", Target: tenantKey, IP: network(s.From), Detail: "linked to another account"}
	made, err := d.recordRefusal(ctx, e, refusedLinks.By(s.UserID.String(), tenantKey), refusals.By(e.Action))
	if err != nil || made == "" {
		return err
	}
	_, err = d.RecordRefusal(ctx, Event{TenantKey: tenantKey, Actor: "visitor", Action: e.Action, Detail: e.Detail})
	return err
}

// RecordRateLimit records that a caller exceeded a rate, at most once in ten minutes for each caller and
// rate.
func (d *DB) RecordRateLimit(ctx context.Context, what, by string, e Event) {
	if e.Actor == "" {
		e.Actor = "visitor"
	}
	if e.TenantKey == "" { // only operators see it
		e.IP = network(e.IP)
	}
	e.Action, e.Detail = "rate.refused", what
	if _, err := d.recordRefusal(ctx, e, refusedTries.By(what, by), refusals.By(e.Action, e.TenantKey)); err != nil && Outage(err) == nil {
		d.log.WarnContext(ctx, "a refusal could not be recorded", "what", what, "error", err) // the caller is refused all the same
	}
}
