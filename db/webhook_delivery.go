package db

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/company-a/aside/internal/secret"
)

// A Delivery is an event that was sent to a webhook, or will be.
type Delivery struct {
	ID       uuid.UUID
	Event    string
	At       time.Time  // when it was queued
	Status   *int       // HTTP status of the last attempt; nil before it, and if there was no answer
	Attempts int        // including one under way
	NextAt   *time.Time // of the next attempt; nil if there is none
}

// A DueDelivery is a delivery to attempt now.
type DueDelivery struct {
	ID        uuid.UUID
	WebhookID uuid.UUID
	URL       string
	Payload   []byte
	Secrets   []secret.Key // the current one first
	Unhealthy bool         // the last attempt of the webhook failed or took longer than slowAnswer
	attempt   int
}

// deliveryRetries are the times between attempts. They make 8 attempts in 27 hours and 35 minutes.
var deliveryRetries = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 10 * time.Hour}

// deliveryLease is how long a node has for an attempt before another node may repeat it.
const deliveryLease = time.Minute

// slowAnswer is how long an attempt may take before its webhook is unhealthy.
const slowAnswer = 2 * time.Second

// The most webhooks of a tenant that a node attempts at a time. Even MaxOwned tenants of one person leave attempts for others.
const (
	healthyOfTenant   = 2
	unhealthyOfTenant = 1
)

// MaxDeliveries is the maximum number of deliveries that Deliveries returns.
const MaxDeliveries = 100

// TakeDueDeliveries leases deliveries that are due to the caller: for deliveryLease, no other node gets them. It takes at most one of
// each webhook, and none of busy webhooks. The caller attempts each and reports the result with DeliveryAttempted. healthy and unhealthy
// limit how many deliveries it takes of each kind of webhook. Each kind has its own limit, so that webhooks that fail or are slow never
// delay the others. healthyOfTenant and unhealthyOfTenant limit the attempts for a tenant, the busy webhooks included. Tenants with the
// fewest attempts come first.
func (d *DB) TakeDueDeliveries(ctx context.Context, healthy, unhealthy int, busy []uuid.UUID) (due []*DueDelivery, err error) {
	defer place(&err, "db.TakeDueDeliveries")
	busyIDs := make([]string, len(busy))
	for i, id := range busy {
		busyIDs[i] = id.String()
	}
	type taken struct {
		delivery *DueDelivery
		webhook  Webhook
		url      storedURL
		sealed   []byte
	}
	var all []taken
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		all = nil // from an earlier attempt
		const isUnhealthy = `(w.slow OR w.failing_since IS NOT NULL)`
		rows, err := tx.QueryContext(ctx, `WITH running AS MATERIALIZED (
				SELECT tenant_key, `+isUnhealthy+` AS unhealthy, count(*) AS attempts FROM webhooks w WHERE id = ANY (?0::uuid[]) GROUP BY 1, 2
			), due AS MATERIALIZED (
				SELECT w.id, w.tenant_key, `+isUnhealthy+` AS unhealthy, row_number() OVER (PARTITION BY w.tenant_key, `+isUnhealthy+` ORDER BY random()) AS turn
				FROM webhooks w WHERE w.id <> ALL (?0::uuid[])
				AND EXISTS (SELECT FROM webhook_deliveries v WHERE v.webhook_id = w.id AND v.next_at <= now())
			), turns AS MATERIALIZED (
				SELECT due.id, due.unhealthy, due.turn + coalesce(running.attempts, 0) AS turn FROM due LEFT JOIN running USING (tenant_key, unhealthy)
			), hooks AS MATERIALIZED (
				(SELECT id FROM turns WHERE NOT unhealthy AND turn <= ?4 ORDER BY turn, random() LIMIT ?1)
				UNION ALL (SELECT id FROM turns WHERE unhealthy AND turn <= ?5 ORDER BY turn, random() LIMIT ?2)
			), taken AS MATERIALIZED (
				SELECT t.id FROM hooks CROSS JOIN LATERAL (SELECT id FROM webhook_deliveries v WHERE v.webhook_id = hooks.id AND v.next_at <= now()
					ORDER BY v.next_at, v.id LIMIT 1 FOR UPDATE SKIP LOCKED) t
			)
			UPDATE webhook_deliveries v SET attempts = v.attempts + 1, leased = true, next_at = now() + make_interval(secs => ?3)
			FROM taken, webhooks w WHERE v.id = taken.id AND w.id = v.webhook_id
			RETURNING v.id, v.tenant_key, v.sealed_payload, v.attempts, w.id, w.url, w.sealed_url, `+isUnhealthy+`, w.generation, w.rotated_at`,
			pgdialect.Array(busyIDs), healthy, unhealthy, deliveryLease.Seconds(), healthyOfTenant, unhealthyOfTenant)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			t := taken{delivery: &DueDelivery{}}
			err := rows.Scan(&t.delivery.ID, &t.webhook.TenantKey, &t.sealed, &t.delivery.attempt, &t.webhook.ID, &t.url.plaintext, &t.url.sealed,
				&t.delivery.Unhealthy, &t.webhook.generation, &t.webhook.rotatedAt)
			if err != nil {
				return err
			}
			all = append(all, t)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		v, tenantKey, payload := t.delivery, t.webhook.TenantKey, ""
		err := deliveryPayload.Open(d.visitorKey(tenantKey), tenantKey, v.ID[:], t.sealed, &payload)
		err = d.auditUnsealedField(ctx, err, deliveryPayload, tenantKey, v.ID[:])
		if err == nil {
			err = d.openURL(ctx, &t.webhook, t.url)
		}
		if err != nil { // it must not block later deliveries
			if err := d.giveUp(ctx, v.ID); err != nil {
				return nil, err
			}
			continue
		}
		v.WebhookID, v.URL, v.Payload, v.Secrets = t.webhook.ID, t.webhook.URL, []byte(payload), d.signingSecrets(&t.webhook, time.Now())
		due = append(due, v)
	}
	return due, nil
}

// giveUp stops all further attempts of a delivery.
func (d *DB) giveUp(ctx context.Context, id uuid.UUID) error {
	return d.asAuthority(ctx, func(tx authorityTx) error {
		_, err := tx.NewRaw(`UPDATE webhook_deliveries SET next_at = NULL WHERE id = ?`, id).Exec(ctx)
		return err
	})
}

// DeliveryAttempted stores the result of an attempt: how long it took, and the status of the answer, or 0 if there was no answer. A status
// from 200 to 299 ends the delivery. After any other status, deliveryRetries says when the next attempt is. If another attempt has already
// begun, the delivery stays as it is.
func (d *DB) DeliveryAttempted(ctx context.Context, v *DueDelivery, status int, took time.Duration) (err error) {
	defer place(&err, "db.DeliveryAttempted")
	delivered := status >= 200 && status < 300
	var retry *float64 // seconds
	if !delivered && v.attempt <= len(deliveryRetries) {
		seconds := deliveryRetries[v.attempt-1].Seconds()
		retry = &seconds
	}
	var answer *int
	if status != 0 {
		answer = &status
	}
	return d.asAuthority(ctx, func(tx authorityTx) error {
		// This locks the webhook before its delivery, as RemoveWebhook does.
		statement := `UPDATE webhooks SET slow = ?1, failing_since = coalesce(failing_since, now()) WHERE id = ?0`
		if delivered {
			statement = `UPDATE webhooks SET slow = ?1, failing_since = NULL, last_delivered_at = now() WHERE id = ?0`
		}
		if _, err := tx.NewRaw(statement, v.WebhookID, took > slowAnswer).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw(`UPDATE webhook_deliveries SET status = ?, leased = false, next_at = now() + make_interval(secs => ?) WHERE id = ? AND attempts = ?`,
			answer, retry, v.ID, v.attempt).Exec(ctx)
		return err
	})
}

// Deliveries lists the newest deliveries of a tenant's webhook, the newest first. It returns none for another tenant's webhook.
func (d *DB) Deliveries(ctx context.Context, tenantKey string, webhook uuid.UUID, most int) (list []*Delivery, err error) {
	defer place(&err, "db.Deliveries")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT id, event, created_at AS at, status, attempts, next_at FROM webhook_deliveries WHERE webhook_id = ? AND tenant_key = ? AND created_at <= now()
			ORDER BY id DESC LIMIT ?`, webhook, tenantKey, min(max(most, 1), MaxDeliveries)).Scan(ctx, &list)
	})
	return list, err
}

// Redeliver makes a delivery due again now, unless an attempt is under way. Its id stays the same, so that the backend can recognize it. It
// returns CodeNotFound if the tenant has no such delivery.
func (d *DB) Redeliver(ctx context.Context, by Seat, id uuid.UUID) (_ *Delivery, err error) {
	defer place(&err, "db.Redeliver")
	v := &Delivery{}
	err = d.inTenant(ctx, by, requirement{role: RoleAdmin}, func(tx *tenantTx) error {
		err := tx.NewRaw(`UPDATE webhook_deliveries SET next_at = CASE WHEN leased AND next_at > now() THEN next_at ELSE now() END
			WHERE tenant_key = ? AND id = ? AND created_at <= now()
			RETURNING id, event, created_at, status, attempts, next_at`, tx.tenantKey, id).Scan(ctx, &v.ID, &v.Event, &v.At, &v.Status, &v.Attempts, &v.NextAt)
		if err != nil {
			return ifNoRows(err, errNotFound)
		}
		return tx.record(ctx, Event{Action: "webhook.sent_again", Target: id.String(), Detail: v.Event})
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}
