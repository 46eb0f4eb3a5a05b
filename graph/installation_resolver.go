package graph

import (
	"context"

	"github.com/company-a/aside/auth/installation"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// CheckInstallation is the mutation checkInstallation. It fetches a page of the tenant and looks for the snippet.
func (r mutationResolver) CheckInstallation(ctx context.Context, tenant, url string) (*generated.InstallationReport, error) {
	t, err := r.tenantForRole(ctx, tenant, db.RoleViewer)
	if err != nil {
		return nil, err
	}
	if err := r.db.Allow(ctx, db.PageChecks.By(tenant)); err != nil {
		return nil, err
	}
	checks := r.installations.Check(ctx, t, url)
	if err := r.mayStillSee(ctx, tenant); err != nil { // fetching the page may have taken long
		return nil, err
	}
	report := &generated.InstallationReport{Ok: true, Checks: mapList(checks, func(c installation.Check) *generated.InstallationCheck {
		return &generated.InstallationCheck{Name: c.Name, Ok: c.OK, Detail: c.Detail}
	})}
	for _, c := range checks {
		report.Ok = report.Ok && c.OK
	}
	return report, nil
}

// LastSeen is Tenant.lastSeen. It returns what last happened with the tenant's widget.
func (r tenantResolver) LastSeen(ctx context.Context, t *db.Tenant) ([]*generated.LastSeen, error) {
	list, err := r.db.LastSeen(ctx, t.Key)
	return mapList(list, func(s *db.Sighting) *generated.LastSeen {
		return &generated.LastSeen{EmbedOrigin: s.EmbedOrigin, ShownAt: s.ShownAt, SignedInAt: s.SignedInAt, RefusedAt: s.RefusedAt, Refusal: nullIfEmpty(s.Refusal)}
	}), err
}
