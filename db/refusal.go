package db

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// auditUnsealed records a ciphertext that did not open, if err says so, and returns err. Somebody has
// changed, cut or moved the stored data, or restored an older version of it; only an operator can find out
// which. refusedCiphertexts limits how often it records the same one.
func (d *DB) auditUnsealed(ctx context.Context, err error, e Event) error {
	if !errors.Is(err, seal.ErrUnsealed) {
		return err
	}
	e.Actor, e.Action = "database", "ciphertext.refused"
	if _, auditErr := d.recordRefusal(ctx, e, refusedCiphertexts.By(e.Target)); auditErr != nil {
		return errors.Join(err, auditErr)
	}
	return err
}

// auditUnsealedNote is auditUnsealed for a note.
func (d *DB) auditUnsealedNote(ctx context.Context, err error, n *Note) error {
	if !errors.Is(err, seal.ErrUnsealed) { // the usual case
		return err
	}
	return d.auditUnsealed(ctx, err, Event{TenantKey: n.TenantKey, Target: "note " + n.ID.String()})
}

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
	e = e.truncated()
	e.ID = newID()
	keys, counts, spans := d.tryArguments(1, limits)
	if e.TenantKey != "" && !e.isByTenant() {
		e.IP = ""
	}
	detail, sealed := d.storeDetail(e)
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

func (d *DB) auditUnsealedField(ctx context.Context, err error, f seal.Field, tenantKey string, row []byte) error {
	if err == nil {
		return nil
	}
	id, _ := uuid.FromBytes(row[:min(len(row), 16)])
	return d.auditUnsealed(ctx, err, Event{TenantKey: tenantKey, Target: string(f) + " " + id.String()})
}
