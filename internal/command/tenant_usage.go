package command

import (
	"encoding/csv"
	"strconv"
	"time"

	"github.com/company-a/aside/db"
)

type tenantUsage struct {
	tenantArgument
	By   string    `enum:"day,month" default:"day" help:"By day or by month. Somebody who comes on several days of a month is one active user of that month."`
	From time.Time `format:"2006-01-02" placeholder:"DAY" help:"First day, UTC. Default: the first of the month, or of the year by month."`
	To   time.Time `format:"2006-01-02" placeholder:"DAY" help:"Last day, UTC. Default: today."`
	CSV  bool      `name:"csv" help:"Print CSV, for billing."`
}

// Run prints a tenant's usage.
func (c *tenantUsage) Run(e *environment, d *db.DB) error {
	if _, err := d.Tenant(e.ctx, c.Key); err != nil {
		return err
	}
	span, from, to := c.period(time.Now().UTC())
	periods, err := d.Usage(e.ctx, c.Key, span, from, to)
	if err != nil || !c.CSV {
		return e.print(periods, err)
	}
	w := csv.NewWriter(e.stdout)
	_ = w.Write([]string{"tenant", c.By, "active_users", "notes", "operations"})
	for _, p := range periods {
		_ = w.Write([]string{c.Key, p.Period, strconv.Itoa(p.ActiveUsers), strconv.Itoa(p.Notes), strconv.Itoa(p.Operations)})
	}
	w.Flush()
	return w.Error()
}

// period returns the unit, the first moment and the end of what the flags ask for.
func (c *tenantUsage) period(now time.Time) (span db.UsageSpan, from, to time.Time) {
	span, from, to = db.UsageByDay, c.From, now
	if c.By == "month" {
		span = db.UsageByMonth
	}
	if !c.To.IsZero() {
		to = c.To.AddDate(0, 0, 1)
	}
	if from.IsZero() {
		month := to.Month()
		if span == db.UsageByMonth {
			month = time.January
		}
		from = time.Date(to.Year(), month, 1, 0, 0, 0, 0, time.UTC)
	}
	return span, from, to
}
