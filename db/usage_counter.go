package db

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5"
)

// A usageCounter counts what tenants are billed for, in memory: an operation costs two map accesses. FlushUsage
// stores the counts every second; a node that is killed loses those since the last flush. A person is stored as
// a hash that differs between tenants and between months, which only serves to count the person once.
type usageCounter struct {
	key []byte // of the hashes

	mu         sync.Mutex
	operations map[visit]int64
	notes      map[tenantDay]int64 // created minus deleted

	flushing sync.Mutex
	known    *lru.Cache[visit, struct{}] // visits that were stored before
}

// A visit is a person at a tenant on one day.
type visit struct {
	tenantDay
	user uuid.UUID
}

type tenantDay struct {
	tenantKey string
	day       int64 // since 1970, UTC
}

const visitsKnown = 50_000

func newUsageCounter(key []byte) *usageCounter {
	known, err := lru.New[visit, struct{}](visitsKnown)
	if err != nil {
		panic(err) // only for a size below 1
	}
	return &usageCounter{key: key, operations: map[visit]int64{}, notes: map[tenantDay]int64{}, known: known}
}

func today(tenantKey string) tenantDay {
	return tenantDay{tenantKey, time.Now().Unix() / int64(24*time.Hour/time.Second)}
}

// Operated counts an operation of a widget session. Other sessions belong to no tenant.
func (d *DB) Operated(s *Session) {
	if s.Kind != SessionWidget {
		return
	}
	u, v := d.usage, visit{today(s.TenantKey), s.UserID}
	u.mu.Lock()
	u.operations[v]++
	u.mu.Unlock()
}

// wrote counts created notes or, if n is negative, deleted ones.
func (u *usageCounter) wrote(tenantKey string, n int64) {
	day := today(tenantKey)
	u.mu.Lock()
	u.notes[day] += n
	u.mu.Unlock()
}

// take returns the counts and empties the counter.
func (u *usageCounter) take() (operations map[visit]int64, notes map[tenantDay]int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	operations, notes = u.operations, u.notes
	if len(operations) > 0 || len(notes) > 0 {
		u.operations, u.notes = map[visit]int64{}, map[tenantDay]int64{}
	}
	return operations, notes
}

// giveBack reverses take.
func (u *usageCounter) giveBack(operations map[visit]int64, notes map[tenantDay]int64) {
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
		u.giveBack(operations, notes)
		return err
	}
	for v := range operations {
		u.known.Add(v, struct{}{})
	}
	return nil
}

// A ledgerRow is a row of usage_visitors, or an addition to a row of usage_periods.
type ledgerRow struct {
	tenantKey, period   string
	visitor             [16]byte
	active, ops, change int64
}

func (a ledgerRow) compare(b ledgerRow) int {
	return cmp.Or(cmp.Compare(a.tenantKey, b.tenantKey), cmp.Compare(a.period, b.period), slices.Compare(a.visitor[:], b.visitor[:]))
}

// periods returns the rows of the day and of its month.
func (d tenantDay) periods() [2]ledgerRow {
	at := time.Unix(d.day*int64(24*time.Hour/time.Second), 0).UTC()
	return [2]ledgerRow{{tenantKey: d.tenantKey, period: at.Format(string(UsageByDay))}, {tenantKey: d.tenantKey, period: at.Format(string(UsageByMonth))}}
}

// writeUsage adds the counts to the ledger in one transaction. It locks the rows in one order, so that
// nodes do not deadlock.
func (d *DB) writeUsage(ctx context.Context, operations map[visit]int64, notes map[tenantDay]int64) error {
	sums := map[ledgerRow]ledgerRow{}
	add := func(at ledgerRow, active, ops, change int64) {
		key := ledgerRow{tenantKey: at.tenantKey, period: at.period}
		sum, ok := sums[key]
		if !ok {
			sum = key
		}
		sum.active, sum.ops, sum.change = sum.active+active, sum.ops+ops, sum.change+change
		sums[key] = sum
	}
	var visitors []ledgerRow
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
		slices.SortFunc(visitors, ledgerRow.compare)
		for chunk := range slices.Chunk(visitors, 5000) {
			fresh, err := insertVisitors(ctx, tx, chunk)
			if err != nil {
				return err
			}
			for _, p := range fresh {
				add(p, 1, 0, 0)
			}
		}
		rows := slices.SortedFunc(maps.Values(sums), ledgerRow.compare)
		for chunk := range slices.Chunk(rows, 5000) {
			if err := addToPeriods(ctx, tx, chunk); err != nil {
				return err
			}
		}
		return nil
	})
}

// insertVisitors inserts the visitors and returns the tenant and period of each new one.
func insertVisitors(ctx context.Context, tx pgx.Tx, rows []ledgerRow) (fresh []ledgerRow, err error) {
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
	return pgx.CollectRows(inserted, func(row pgx.CollectableRow) (r ledgerRow, err error) {
		return r, row.Scan(&r.tenantKey, &r.period)
	})
}

func addToPeriods(ctx context.Context, tx pgx.Tx, rows []ledgerRow) error {
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
