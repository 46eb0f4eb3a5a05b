package graph

import (
	"context"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Usage is Tenant.usage. It returns the activity of the tenant's visitors by day.
func (r tenantResolver) Usage(ctx context.Context, t *db.Tenant, from, to time.Time) ([]*generated.UsageDay, error) {
	periods, err := r.db.Usage(ctx, t.Key, db.UsageByDay, from, to)
	return mapList(periods, func(p *db.UsagePeriod) *generated.UsageDay {
		return &generated.UsageDay{Day: p.Period, ActiveUsers: p.ActiveUsers, Notes: p.Notes, Operations: p.Operations}
	}), err
}

// UsageByMonth is Tenant.usageByMonth. It returns the activity of the tenant's visitors by month.
func (r tenantResolver) UsageByMonth(ctx context.Context, t *db.Tenant, from, to time.Time) ([]*generated.UsageMonth, error) {
	periods, err := r.db.Usage(ctx, t.Key, db.UsageByMonth, from, to)
	return mapList(periods, func(p *db.UsagePeriod) *generated.UsageMonth {
		return &generated.UsageMonth{Month: p.Period, ActiveUsers: p.ActiveUsers, Notes: p.Notes, Operations: p.Operations}
	}), err
}
