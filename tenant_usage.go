package main

import (
	"encoding/csv"
	"encoding/json"
	"strconv"
	"time"

	"github.com/company-a/aside/db"
)

type tenantUsageCommand struct {
	databaseConfig
	Key  string    `arg:"" help:"The tenant's key, t_…"`
	By   string    `enum:"day,month" default:"day" help:"By day or by month. Whoever comes on several days of a month is one active user of it."`
	From time.Time `format:"2006-01-02" placeholder:"DAY" help:"The first day, UTC. Default: of this month, or by month of this year."`
	To   time.Time `format:"2006-01-02" placeholder:"DAY" help:"The last day, UTC. Default: today."`
	CSV  bool      `name:"csv" help:"As CSV, for billing."`
}

// Run prints a tenant's usage.
func (c *tenantUsageCommand) Run(env *environment) error {
	span, from, to := db.UsageByDay, c.From, time.Now().UTC()
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
	return with(env, &c.databaseConfig, func(store *db.DB) error {
		if _, err := store.Tenant(env.ctx, c.Key); err != nil {
			return err
		}
		periods, err := store.Usage(env.ctx, c.Key, span, from, to)
		if err != nil {
			return err
		}
		if !c.CSV {
			return json.NewEncoder(env.stdout).Encode(periods)
		}
		w := csv.NewWriter(env.stdout)
		_ = w.Write([]string{"tenant", c.By, "active_users", "notes", "operations"})
		for _, p := range periods {
			_ = w.Write([]string{c.Key, p.Period, strconv.Itoa(p.ActiveUsers), strconv.Itoa(p.Notes), strconv.Itoa(p.Operations)})
		}
		w.Flush()
		return w.Error()
	})
}
