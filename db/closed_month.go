package db

import (
	"context"
	"time"

	"github.com/google/uuid"
)

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
