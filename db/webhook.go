package db

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/internal/secret"
)

// A Webhook is a URL of a tenant's backend that receives events (Standard Webhooks).
type Webhook struct {
	ID              uuid.UUID
	TenantKey       string
	URL             string
	Events          []string // sorted
	CreatedAt       time.Time
	LastDeliveredAt *time.Time
	FailingSince    *time.Time // when attempts began to fail; nil unless the last one failed
	generation      int
	rotatedAt       *time.Time
}

// webhookURL is the sealed field of a webhook's URL, since its path or query may hold a secret.
const webhookURL seal.Field = "webhooks.sealed_url"

// A storedURL is a webhook's URL as stored in a row: sealed, or in the clear until Sweep seals it.
type storedURL struct {
	plaintext *string
	sealed    []byte
}

func (d *DB) sealURL(w *Webhook) []byte {
	return webhookURL.Seal(d.visitorKey(w.TenantKey), w.TenantKey, w.ID[:], w.URL)
}

// openURL sets the URL of w. If it does not open, it stays empty, and openURL records that and returns an error.
func (d *DB) openURL(ctx context.Context, w *Webhook, stored storedURL) error {
	if stored.sealed == nil && stored.plaintext != nil {
		w.URL = *stored.plaintext
		return nil
	}
	err := webhookURL.Open(d.visitorKey(w.TenantKey), w.TenantKey, w.ID[:], stored.sealed, &w.URL)
	return d.auditUnsealedField(ctx, err, webhookURL, w.TenantKey, w.ID[:])
}

// MaxWebhooks is how many webhooks a tenant may have.
const MaxWebhooks = 5

// webhookOverlap is how long a replaced secret still signs deliveries, in addition to the new one.
const webhookOverlap = 24 * time.Hour

// AddWebhook adds a webhook to the seat's tenant and returns it with its secret, whsec_…. The caller has checked the URL
// (webhook.CheckURL). AddWebhook returns CodeInvalid, field "events", for an unknown event or none, and CodeConflict for a tenant with
// MaxWebhooks.
func (d *DB) AddWebhook(ctx context.Context, by Seat, url string, events []string) (_ *Webhook, secret string, err error) {
	defer place(&err, "db.AddWebhook")
	w := &Webhook{ID: newID(), TenantKey: by.tenantKey, URL: url, Events: slices.Compact(slices.Sorted(slices.Values(events)))}
	err = d.inTenant(ctx, by, requirement{role: RoleAdmin, confirmed: true}, func(tx *tenantTx) error {
		if err := checkWebhookEvents(w.Events); err != nil {
			return err
		}
		var there int
		if err := tx.NewRaw(`SELECT count(*) FROM webhooks WHERE tenant_key = ?`, tx.tenantKey).Scan(ctx, &there); err != nil {
			return err
		}
		if there >= MaxWebhooks {
			return &Error{Code: CodeConflict, Message: fmt.Sprintf("There are already %d webhooks. Remove any that are no longer used.", MaxWebhooks)}
		}
		err := tx.NewRaw(`INSERT INTO webhooks (id, tenant_key, sealed_url, events, closed_month)
			VALUES (?, ?, ?, ?, to_char(now() AT TIME ZONE 'UTC' - interval '1 month', 'YYYY-MM')) RETURNING created_at`,
			w.ID, tx.tenantKey, d.sealURL(w), pgdialect.Array(w.Events)).Scan(ctx, &w.CreatedAt)
		if err != nil {
			return err
		}
		return tx.record(ctx, Event{Action: "webhook.added", Target: w.ID.String(), Detail: w.Host()})
	})
	if err != nil {
		return nil, "", err
	}
	return w, d.webhookSecretText(w.ID, 0), nil
}

// Host returns the host of the URL, for those who must not see the rest: it may contain a secret of the tenant.
func (w *Webhook) Host() string {
	u, err := url.Parse(w.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// RotateWebhookSecret replaces the secret of a webhook and returns the new one. For webhookOverlap, both secrets sign deliveries. It
// returns CodeNotFound if the tenant has no such webhook.
func (d *DB) RotateWebhookSecret(ctx context.Context, by Seat, id uuid.UUID) (w *Webhook, secret string, err error) {
	defer place(&err, "db.RotateWebhookSecret")
	err = d.inTenant(ctx, by, requirement{role: RoleAdmin, confirmed: true}, func(tx *tenantTx) error {
		err := requireRow(tx.NewRaw(`UPDATE webhooks SET generation = generation + 1, rotated_at = now() WHERE tenant_key = ? AND id = ?`, tx.tenantKey, id).Exec(ctx))
		if err != nil {
			return err
		}
		list, err := d.webhooks(ctx, tx.authorityTx, `tenant_key = ? AND id = ?`, tx.tenantKey, id)
		if err != nil {
			return err
		}
		w = list[0]
		return tx.record(ctx, Event{Action: "webhook.secret_rotated", Target: id.String(), Detail: w.Host()})
	})
	if err != nil {
		return nil, "", err
	}
	return w, d.webhookSecretText(id, w.generation), nil
}

// RemoveWebhook removes a webhook with its deliveries. Those that are still queued are not sent. It returns CodeNotFound if the tenant
// has no such webhook.
func (d *DB) RemoveWebhook(ctx context.Context, by Seat, id uuid.UUID) (err error) {
	defer place(&err, "db.RemoveWebhook")
	return d.inTenant(ctx, by, requirement{role: RoleAdmin}, func(tx *tenantTx) error {
		w, stored := Webhook{ID: id, TenantKey: tx.tenantKey}, storedURL{}
		err := tx.NewRaw(`DELETE FROM webhooks WHERE tenant_key = ? AND id = ? RETURNING url, sealed_url`, tx.tenantKey, id).Scan(ctx, &stored.plaintext, &stored.sealed)
		if err != nil {
			return ifNoRows(err, errNotFound)
		}
		_ = d.openURL(ctx, &w, stored) // one that does not open is removed all the same
		return tx.record(ctx, Event{Action: "webhook.removed", Target: id.String(), Detail: w.Host()})
	})
}

// Webhooks lists a tenant's webhooks, the oldest first. The URL of one is empty if it does not open.
func (d *DB) Webhooks(ctx context.Context, tenantKey string) (list []*Webhook, err error) {
	defer place(&err, "db.Webhooks")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		list, err = d.webhooks(ctx, tx, `tenant_key = ?`, tenantKey)
		return err
	})
	return list, err
}

func (d *DB) webhooks(ctx context.Context, tx authorityTx, condition string, args ...any) (list []*Webhook, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, tenant_key, url, sealed_url, events, created_at, last_delivered_at, failing_since, generation, rotated_at
		FROM webhooks WHERE `+condition+` ORDER BY id`, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		w, stored := &Webhook{}, storedURL{}
		err := rows.Scan(&w.ID, &w.TenantKey, &stored.plaintext, &stored.sealed, pgdialect.Array(&w.Events), &w.CreatedAt, &w.LastDeliveredAt, &w.FailingSince,
			&w.generation, &w.rotatedAt)
		if err != nil {
			return nil, err
		}
		_ = d.openURL(ctx, w, stored)
		list = append(list, w)
	}
	return list, rows.Err()
}

// webhookSecret returns a webhook's secret after so many rotations. It is derived from our keys, so the database stores none.
func (d *DB) webhookSecret(id uuid.UUID, generation int) secret.Key {
	return d.keys.MAC("webhook secret", binary.BigEndian.AppendUint32(id[:], uint32(generation))) //nolint:gosec // counts rotations
}

func (d *DB) webhookSecretText(id uuid.UUID, generation int) string {
	return "whsec_" + base64.StdEncoding.EncodeToString(d.webhookSecret(id, generation))
}

// signingSecrets returns the secrets that sign a delivery now, the current one first.
func (d *DB) signingSecrets(w *Webhook, now time.Time) []secret.Key {
	list := []secret.Key{d.webhookSecret(w.ID, w.generation)}
	if w.generation > 0 && w.rotatedAt != nil && now.Sub(*w.rotatedAt) < webhookOverlap {
		list = append(list, d.webhookSecret(w.ID, w.generation-1))
	}
	return list
}
