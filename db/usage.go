package db

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// UsagePeriod is a tenant's usage in a day or a month.
type UsagePeriod struct {
	Period      string `json:"period"`      // 2006-01-02 or 2006-01, UTC
	ActiveUsers int    `json:"activeUsers"` // people with at least one operation
	Notes       int    `json:"notes"`       // at the end of the period, including the trash
	Operations  int    `json:"operations"`  // in widget sessions
}

// A UsageSpan is the length of a usage period.
type UsageSpan string

// The spans of usage, as time layouts of their periods.
const (
	UsageByDay   UsageSpan = "2006-01-02"
	UsageByMonth UsageSpan = "2006-01"
)

func (s UsageSpan) next(t time.Time) time.Time {
	if s == UsageByMonth {
		return t.AddDate(0, 1, 0)
	}
	return t.AddDate(0, 0, 1)
}

func (s UsageSpan) start(t time.Time) time.Time {
	t = t.UTC()
	if s == UsageByMonth {
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// MaxUsagePeriods is how many periods Usage returns at most.
const MaxUsagePeriods = 400

// Usage returns a tenant's periods between from and to, including those without usage: the first one
// contains from, and the last one begins before to and not in the future. A person who comes every day
// is one active user of a month. It returns CodeInvalid for more than MaxUsagePeriods periods.
func (d *DB) Usage(ctx context.Context, tenantKey string, span UsageSpan, from, to time.Time) (_ []*UsagePeriod, err error) {
	defer place(&err, "db.Usage")
	if to.Before(from) {
		return nil, invalid("to", "The end is before the start.")
	}
	if now := time.Now(); to.After(now) {
		to = now.Add(time.Nanosecond)
	}
	periods := []*UsagePeriod{}
	for at := span.start(from); at.Before(to); at = span.next(at) {
		if len(periods) == MaxUsagePeriods {
			return nil, invalid("from", "Request at most 400 days at a time.")
		}
		periods = append(periods, &UsagePeriod{Period: at.Format(string(span))})
	}
	if len(periods) == 0 {
		return periods, nil
	}
	if err := d.FlushUsage(ctx); err != nil { // so that the result includes this node's operations
		return nil, err
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		rows, err := tx.QueryContext(ctx, `SELECT period, active_users, operations, greatest(0, sum(notes) OVER (ORDER BY period)) FROM usage_periods
			WHERE tenant_key = ? AND length(period) = ? AND period <= ? ORDER BY period`, tenantKey, len(span), periods[len(periods)-1].Period)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		next, notes := 0, 0
		for rows.Next() {
			var p UsagePeriod
			if err := rows.Scan(&p.Period, &p.ActiveUsers, &p.Operations, &p.Notes); err != nil {
				return err
			}
			for ; next < len(periods) && periods[next].Period < p.Period; next++ {
				periods[next].Notes = notes
			}
			if notes = p.Notes; next < len(periods) && periods[next].Period == p.Period {
				*periods[next] = p
				next++
			}
		}
		for ; next < len(periods); next++ {
			periods[next].Notes = notes
		}
		return rows.Err()
	})
	return periods, err
}

// A usageCounter counts what tenants are billed for, in memory: an operation costs two map accesses. FlushUsage
// stores the counts every second; a node that is killed loses those since the last flush. A person is stored as
// a hash that differs between tenants and between months, which only serves to count the person once.
type usageCounter struct {
	key []byte // of the hashes

	mu         sync.Mutex
	operations map[visitorDay]int64
	notes      map[tenantDay]int64 // created minus deleted

	flushing sync.Mutex
	known    *lru.Cache[visitorDay, struct{}] // visits that were stored before
}

// A visitorDay is a person at a tenant on one day.
type visitorDay struct {
	tenantDay
	user uuid.UUID
}

type tenantDay struct {
	tenantKey string
	day       int64 // since 1970, UTC
}

const visitsKnown = 50_000

func newUsageCounter(key []byte) *usageCounter {
	known, err := lru.New[visitorDay, struct{}](visitsKnown)
	if err != nil {
		panic(err) // only for a size below 1
	}
	return &usageCounter{key: key, operations: map[visitorDay]int64{}, notes: map[tenantDay]int64{}, known: known}
}

func today(tenantKey string) tenantDay {
	return tenantDay{tenantKey, time.Now().Unix() / int64(24*time.Hour/time.Second)}
}

// CountOperation counts an operation of a widget session. Other sessions belong to no tenant.
func (d *DB) CountOperation(s *Session) {
	if s.Kind != SessionWidget {
		return
	}
	u, v := d.usage, visitorDay{today(s.TenantKey), s.UserID}
	u.mu.Lock()
	u.operations[v]++
	u.mu.Unlock()
}

// countNotes counts created notes or, if n is negative, deleted ones.
func (u *usageCounter) countNotes(tenantKey string, n int64) {
	day := today(tenantKey)
	u.mu.Lock()
	u.notes[day] += n
	u.mu.Unlock()
}

// take returns the counts and empties the counter.
func (u *usageCounter) take() (operations map[visitorDay]int64, notes map[tenantDay]int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	operations, notes = u.operations, u.notes
	if len(operations) > 0 || len(notes) > 0 {
		u.operations, u.notes = map[visitorDay]int64{}, map[tenantDay]int64{}
	}
	return operations, notes
}

// addBack reverses take.
func (u *usageCounter) addBack(operations map[visitorDay]int64, notes map[tenantDay]int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for v, n := range operations {
		u.operations[v] += n
	}
	for day, n := range notes {
		u.notes[day] += n
	}
}

// FlushUsage stores what was counted since the last flush. What cannot be stored is kept for the next flush.
func (d *DB) FlushUsage(ctx context.Context) (err error) {
	defer place(&err, "db.FlushUsage")
	u := d.usage
	u.flushing.Lock()
	defer u.flushing.Unlock()
	operations, notes := u.take()
	if len(operations) == 0 && len(notes) == 0 {
		return nil
	}
	if err := d.writeUsage(ctx, operations, notes); err != nil {
		d.handleError(ctx, err)
		u.addBack(operations, notes)
		return err
	}
	for v := range operations {
		u.known.Add(v, struct{}{})
	}
	return nil
}

// A usageRow is a row of usage_visitors, or an addition to a row of usage_periods.
type usageRow struct {
	tenantKey, period   string
	visitor             [16]byte
	active, ops, change int64
}

func (a usageRow) compare(b usageRow) int {
	return cmp.Or(cmp.Compare(a.tenantKey, b.tenantKey), cmp.Compare(a.period, b.period), slices.Compare(a.visitor[:], b.visitor[:]))
}

// periods returns the rows of the day and of its month.
func (d tenantDay) periods() [2]usageRow {
	at := time.Unix(d.day*int64(24*time.Hour/time.Second), 0).UTC()
	return [2]usageRow{{tenantKey: d.tenantKey, period: at.Format(string(UsageByDay))}, {tenantKey: d.tenantKey, period: at.Format(string(UsageByMonth))}}
}

// writeUsage adds the counts to the ledger in one transaction. It locks the rows in one order, so that
// nodes do not deadlock.
func (d *DB) writeUsage(ctx context.Context, operations map[visitorDay]int64, notes map[tenantDay]int64) error {
	sums := map[usageRow]usageRow{}
	add := func(at usageRow, active, ops, change int64) {
		key := usageRow{tenantKey: at.tenantKey, period: at.period}
		sum, ok := sums[key]
		if !ok {
			sum = key
		}
		sum.active, sum.ops, sum.change = sum.active+active, sum.ops+ops, sum.change+change
		sums[key] = sum
	}
	var visitors []usageRow
	for v, n := range operations {
		periods := v.periods()
		for _, p := range periods {
			add(p, 0, n, 0)
		}
		if d.usage.known.Contains(v) {
			continue
		}
		for _, p := range periods {
			p.visitor = d.usage.visitor(v.tenantKey, v.user, periods[1].period)
			visitors = append(visitors, p)
		}
	}
	for day, n := range notes {
		for _, p := range day.periods() {
			add(p, 0, 0, n)
		}
	}
	c, err := d.acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL ROLE aside_auth"); err != nil {
			return err
		}
		slices.SortFunc(visitors, usageRow.compare)
		for chunk := range slices.Chunk(visitors, 5000) {
			fresh, err := insertVisitors(ctx, tx, chunk)
			if err != nil {
				return err
			}
			for _, p := range fresh {
				add(p, 1, 0, 0)
			}
		}
		rows := slices.SortedFunc(maps.Values(sums), usageRow.compare)
		for chunk := range slices.Chunk(rows, 5000) {
			if err := addToPeriods(ctx, tx, chunk); err != nil {
				return err
			}
		}
		return nil
	})
}

// insertVisitors inserts the visitors and returns the tenant and period of each new one.
func insertVisitors(ctx context.Context, tx pgx.Tx, rows []usageRow) (fresh []usageRow, err error) {
	var tenants, periods []string
	var visitors [][]byte
	for _, r := range rows {
		tenants, periods, visitors = append(tenants, r.tenantKey), append(periods, r.period), append(visitors, r.visitor[:])
	}
	inserted, err := tx.Query(ctx, `INSERT INTO usage_visitors (tenant_key, period, visitor)
		SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[]) ON CONFLICT DO NOTHING RETURNING tenant_key, period`, tenants, periods, visitors)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(inserted, func(row pgx.CollectableRow) (r usageRow, err error) {
		return r, row.Scan(&r.tenantKey, &r.period)
	})
}

func addToPeriods(ctx context.Context, tx pgx.Tx, rows []usageRow) error {
	var tenants, periods []string
	var active, ops, notes []int64
	for _, r := range rows {
		tenants, periods = append(tenants, r.tenantKey), append(periods, r.period)
		active, ops, notes = append(active, r.active), append(ops, r.ops), append(notes, r.change)
	}
	_, err := tx.Exec(ctx, `INSERT INTO usage_periods AS p (tenant_key, period, active_users, operations, notes)
		SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
		ON CONFLICT (tenant_key, period) DO UPDATE SET active_users = p.active_users + excluded.active_users,
			operations = p.operations + excluded.operations, notes = p.notes + excluded.notes`, tenants, periods, active, ops, notes)
	return err
}

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

// deleteVisitor deletes a person from the stored visitors. The counts of active users and operations stay.
func (d *DB) deleteVisitor(ctx context.Context, tx authorityTx, user uuid.UUID) error {
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
