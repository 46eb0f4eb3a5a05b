package db

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// visitor returns the hash that stands for a person in the ledger of a tenant, for one month.
func (u *usageCounter) visitor(tenantKey string, user uuid.UUID, month string) (hash [16]byte) {
	mac := hmac.New(sha256.New, u.key)
	mac.Write(user[:])
	mac.Write([]byte(month + tenantKey)) // a month has a fixed length
	copy(hash[:], mac.Sum(nil))
	return hash
}

// visitorsKept is how long visitors are stored after the end of the period (Sweep).
const visitorsKept = 7 * 24 * time.Hour

// forgetVisitor deletes a person from the stored visitors. The counts of active users and operations stay.
func (d *DB) forgetVisitor(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	var visited []string
	err := tx.NewRaw(`SELECT tenant_key FROM consents WHERE user_id = ?0 UNION SELECT vouched_by FROM users WHERE id = ?0 AND vouched_by IS NOT NULL`, user).
		Scan(ctx, &visited)
	if err != nil || len(visited) == 0 {
		return err
	}
	var tenants, periods, visitors []string
	now := time.Now().UTC()
	for _, key := range visited {
		for at := now.Add(-visitorsKept - 24*time.Hour); !at.After(now.AddDate(0, 0, 1)); at = at.AddDate(0, 0, 1) {
			month := at.Format(string(UsageByMonth))
			hash := d.usage.visitor(key, user, month)
			for _, period := range []string{month, at.Format(string(UsageByDay))} {
				tenants, periods, visitors = append(tenants, key), append(periods, period), append(visitors, hex.EncodeToString(hash[:]))
			}
		}
	}
	_, err = tx.NewRaw(`DELETE FROM usage_visitors WHERE (tenant_key, period, visitor) IN (
			SELECT v.tenant, v.period, decode(v.visitor, 'hex') FROM unnest(?::text[], ?::text[], ?::text[]) v(tenant, period, visitor))`,
		pgdialect.Array(tenants), pgdialect.Array(periods), pgdialect.Array(visitors)).Exec(ctx)
	return err
}
