package db

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/company-a/aside/db/seal"
)

// The events that a tenant's backend can receive.
const (
	identityErased   = "identity.erased"
	identityLinked   = "identity.linked"
	identityUnlinked = "identity.unlinked"
	keyExpiring      = "key.expiring"
	tenantSuspended  = "tenant.suspended"
	monthClosed      = "usage.month_closed"
)

// WebhookEvents lists the events, sorted.
var WebhookEvents = []string{identityErased, identityLinked, identityUnlinked, keyExpiring, tenantSuspended, monthClosed}

func checkWebhookEvents(events []string) error {
	known := strings.Join(WebhookEvents, ", ")
	if len(events) == 0 {
		return invalid("events", "Choose at least one of the events %s.", known)
	}
	for _, e := range events {
		if !slices.Contains(WebhookEvents, e) {
			return invalid("events", "There is no event %q. Choose from %s.", truncate(e, 50), known)
		}
	}
	return nil
}

// A webhookPayload is the body of a delivery. Its data identifies a visitor by the tenant's own id, and by nothing else.
type webhookPayload struct {
	Type      string         `json:"type"`
	Timestamp time.Time      `json:"timestamp"`
	Data      map[string]any `json:"data"`
}

// deliveryPayload is the sealed field of a delivery's payload.
const deliveryPayload seal.Field = "webhook_deliveries.sealed_payload"

// queueDeliveries queues an event for each of the tenant's webhooks that asks for it. tx is the transaction of the event itself, so a
// delivery is queued if and only if the event happened.
func (d *DB) queueDeliveries(ctx context.Context, tx authorityTx, tenantKey, event string, data map[string]any) error {
	return d.queueDelayed(ctx, tx, 0, tenantKey, event, data)
}

// queueDelayed is queueDeliveries for an event that the tenant learns of later, as if it happened then.
func (d *DB) queueDelayed(ctx context.Context, tx authorityTx, delay time.Duration, tenantKey, event string, data map[string]any) error {
	var hooks []uuid.UUID
	err := tx.NewRaw(`SELECT id FROM webhooks WHERE tenant_key = ? AND ? = ANY (events) ORDER BY id FOR KEY SHARE`, tenantKey, event).Scan(ctx, &hooks)
	for _, hook := range hooks {
		if err == nil {
			err = d.queueDelivery(ctx, tx, delay, hook, tenantKey, event, data)
		}
	}
	return err
}

func (d *DB) queueDelivery(ctx context.Context, tx authorityTx, delay time.Duration, hook uuid.UUID, tenantKey, event string, data map[string]any) error {
	with := map[string]any{"tenant": tenantKey}
	maps.Copy(with, data)
	at := time.Now().Add(delay)
	payload, err := json.Marshal(webhookPayload{event, at.UTC(), with})
	if err != nil {
		return err
	}
	id := newIDAt(at)
	_, err = tx.NewRaw(`INSERT INTO webhook_deliveries (id, webhook_id, tenant_key, event, created_at, next_at, sealed_payload) VALUES (?0, ?1, ?2, ?3,
		now() + make_interval(secs => ?4), now() + make_interval(secs => ?4), ?5)`,
		id, hook, tenantKey, event, delay.Seconds(), deliveryPayload.Seal(d.visitorKey(tenantKey), tenantKey, id[:], string(payload))).Exec(ctx)
	return err
}

// unlinkedWithin is the time within which tenants learn that a person has deleted their account, if several do.
const unlinkedWithin = 24 * time.Hour

// queueUnlinked queues identity.unlinked for each linked subject of a person, before the person's account is deleted. If several tenants
// receive it, each does at a random time: two tenants that compare their deliveries must not find that their visitors are one person. A
// subject that does not open is recorded and left out, because it must not prevent the deletion.
func (d *DB) queueUnlinked(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	var linked []struct {
		ID            uuid.UUID
		TenantKey     string
		Subject       *string
		SealedSubject []byte
	}
	err := tx.NewRaw(`SELECT id, tenant_key, subject, sealed_subject FROM identities WHERE user_id = ? ORDER BY id`, user).Scan(ctx, &linked)
	if err != nil || len(linked) == 0 {
		return err
	}
	var tenants []string
	for _, l := range linked {
		tenants = append(tenants, l.TenantKey)
	}
	var subscribed []string // tenants
	err = tx.NewRaw(`SELECT DISTINCT tenant_key FROM webhooks WHERE tenant_key = ANY (?) AND ? = ANY (events)`, pgdialect.Array(tenants), identityUnlinked).Scan(ctx, &subscribed)
	if err != nil || len(subscribed) == 0 {
		return err
	}
	var wrapped []byte
	if err := tx.NewRaw(`SELECT data_key FROM users WHERE id = ?`, user).Scan(ctx, &wrapped); err != nil {
		return err
	}
	key, err := d.dataKey(ctx, user, wrapped)
	if err != nil {
		return ignoreUnsealed(err)
	}
	for _, l := range linked {
		if !slices.Contains(subscribed, l.TenantKey) {
			continue
		}
		s, err := d.openSubject(ctx, key, identityOf, l.TenantKey, l.ID[:], storedSubject{plaintext: l.Subject, sealed: l.SealedSubject})
		if err == nil {
			delay := time.Duration(0)
			if len(subscribed) > 1 {
				delay = rand.N(unlinkedWithin) //nolint:gosec // nobody gains from guessing it
			}
			err = d.queueDelayed(ctx, tx, delay, l.TenantKey, identityUnlinked, map[string]any{"subject": s.ID})
		}
		if err := ignoreUnsealed(err); err != nil {
			return err
		}
	}
	return nil
}

// newIDAt is newID for another time.
func newIDAt(at time.Time) uuid.UUID {
	id := newID()
	milliseconds := binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli()))
	copy(id[:6], milliseconds[2:]) // RFC 9562, section 5.7
	return id
}

func ignoreUnsealed(err error) error {
	if errors.Is(err, seal.ErrUnsealed) {
		return nil
	}
	return err
}

// monthOpen is how long after the end of a month nodes may still write its usage.
const monthOpen = time.Hour

// queueClosedMonths queues usage.month_closed for each webhook and each month that has ended, once. Any number of nodes may run it.
func (d *DB) queueClosedMonths(ctx context.Context) error {
	for more := true; more; {
		err := d.asAuthority(ctx, func(tx authorityTx) error {
			var hooks []struct {
				ID        uuid.UUID
				TenantKey string
				Month     string
			}
			err := tx.NewRaw(`SELECT id, tenant_key, to_char(to_date(closed_month, 'YYYY-MM') + interval '1 month', 'YYYY-MM') AS month
				FROM webhooks WHERE ?0 = ANY (events) AND closed_month < to_char((now() - make_interval(secs => ?1)) AT TIME ZONE 'UTC' - interval '1 month', 'YYYY-MM')
				ORDER BY id LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED`, monthClosed, monthOpen.Seconds()).Scan(ctx, &hooks)
			more = len(hooks) > 0
			for _, h := range hooks {
				if err == nil {
					err = d.queueClosedMonth(ctx, tx, h.ID, h.TenantKey, h.Month)
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *DB) queueClosedMonth(ctx context.Context, tx authorityTx, hook uuid.UUID, tenantKey, month string) error {
	var active, operations, notes int64
	err := tx.NewRaw(`SELECT coalesce(sum(active_users) FILTER (WHERE period = ?1), 0)::bigint, coalesce(sum(operations) FILTER (WHERE period = ?1), 0)::bigint,
			greatest(0, coalesce(sum(notes), 0))::bigint
		FROM usage_periods WHERE tenant_key = ?0 AND length(period) = 7 AND period <= ?1`, tenantKey, month).Scan(ctx, &active, &operations, &notes)
	if err != nil {
		return err
	}
	if _, err := tx.NewRaw(`UPDATE webhooks SET closed_month = ? WHERE id = ?`, month, hook).Exec(ctx); err != nil {
		return err
	}
	return d.queueDelivery(ctx, tx, 0, hook, tenantKey, monthClosed, map[string]any{"month": month, "activeUsers": active, "operations": operations, "notes": notes})
}
