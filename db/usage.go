package db

import (
	"context"
	"time"
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
