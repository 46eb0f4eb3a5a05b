package main

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

type migrateCommand struct{ databaseConfig }

// Run brings the database up to date.
func (c *migrateCommand) Run(env *environment) error {
	store, err := open(env, &c.databaseConfig, db.Options{})
	if err != nil {
		return err
	}
	return store.close()
}

type tenantCommand struct {
	Create  tenantCreateCommand  `cmd:"" help:"Make a tenant and print it as JSON."`
	List    tenantListCommand    `cmd:"" help:"Print all tenants, one line of JSON each."`
	Show    tenantShowCommand    `cmd:"" help:"Print a tenant as JSON."`
	Rename  tenantRenameCommand  `cmd:"" help:"Give a tenant another name, and print it as JSON."`
	Suspend tenantSuspendCommand `cmd:"" help:"Have a tenant's widget refuse everybody, end its sessions at once, and print it as JSON. Its visitors still open their notes at /account."`
	Resume  tenantResumeCommand  `cmd:"" help:"Take that back, and print the tenant as JSON."`
	Origin  tenantOriginCommand  `cmd:"" help:"Which origins' pages may embed the widget."`
	Policy  tenantPolicyCommand  `cmd:"" help:"Change what a tenant has decided about assertions, and print it as JSON."`
	Brand   tenantBrandCommand   `cmd:"" help:"Change how a tenant's widget looks, and print it as JSON."`
	Key     tenantKeyCommand     `cmd:"" help:"Keys: those that verify assertions, and those of the tenant's backend."`
	Members tenantMembersCommand `cmd:"" help:"Who administers a tenant at /console."`
	Usage   tenantUsageCommand   `cmd:"" help:"Print what a tenant's visitors did, by day or month."`
	Audit   tenantAuditCommand   `cmd:"" help:"Print the newest entries of a tenant's audit log as JSON."`
}

type tenantCreateCommand struct {
	databaseConfig
	Name   string   `required:"" help:"What visitors see, 1 to 80 characters."`
	Origin []string `help:"An origin whose pages may embed the widget, like https://shop.example. May be repeated." placeholder:"ORIGIN"`
}

// Run makes a tenant.
func (c *tenantCreateCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) {
		return store.CreateTenant(env.ctx, c.Name, c.Origin)
	})
}

type tenantShowCommand struct {
	databaseConfig
	Key string `arg:"" help:"The tenant's key, t_…"`
}

// Run prints a tenant.
func (c *tenantShowCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) { return store.Tenant(env.ctx, c.Key) })
}

type tenantListCommand struct{ databaseConfig }

// Run prints each tenant.
func (c *tenantListCommand) Run(env *environment) error {
	return with(env, &c.databaseConfig, func(store *db.DB) error {
		lines := json.NewEncoder(env.stdout)
		return store.EachTenant(env.ctx, func(t *db.Tenant) error { return lines.Encode(t) })
	})
}

type tenantRenameCommand struct {
	databaseConfig
	Key  string `arg:"" help:"The tenant's key, t_…"`
	Name string `arg:"" help:"What visitors see, 1 to 80 characters."`
}

// Run renames a tenant.
func (c *tenantRenameCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) {
		return store.UpdateTenant(env.ctx, db.Operator, c.Key, db.TenantChange{Name: &c.Name})
	})
}

type tenantSuspendCommand struct {
	databaseConfig
	Key string `arg:"" help:"The tenant's key, t_…"`
}

// Run suspends a tenant.
func (c *tenantSuspendCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) {
		return store.Suspend(env.ctx, db.Operator, c.Key)
	})
}

type tenantResumeCommand struct {
	databaseConfig
	Key string `arg:"" help:"The tenant's key, t_…"`
}

// Run ends a tenant's suspension.
func (c *tenantResumeCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) {
		return store.Resume(env.ctx, db.Operator, c.Key)
	})
}

type tenantBrandCommand struct {
	databaseConfig
	Key    string  `arg:"" help:"The tenant's key, t_…"`
	Name   *string `help:"What visitors see; empty for the tenant's name."`
	Accent *string `help:"The widget's colour, like #2f5d50; empty for its own." placeholder:"#RRGGBB"`
}

// Run changes how a tenant's widget looks; what is not given stays.
func (c *tenantBrandCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) {
		return store.UpdateTenant(env.ctx, db.Operator, c.Key, db.TenantChange{BrandName: c.Name, Accent: c.Accent})
	})
}

type tenantOriginCommand struct {
	Add    originAddCommand    `cmd:"" help:"Let the pages of an origin embed the widget, and print the tenant as JSON."`
	Remove originRemoveCommand `cmd:"" help:"Take that back, end the sessions that were begun there, and print the tenant as JSON."`
}

type originAddCommand struct {
	databaseConfig
	Key    string `arg:"" help:"The tenant's key, t_…"`
	Origin string `arg:"" help:"The origin, like https://shop.example."`
}

// Run adds an embed origin.
func (c *originAddCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) {
		return store.AddEmbedOrigin(env.ctx, db.Operator, c.Key, c.Origin)
	})
}

type originRemoveCommand struct {
	databaseConfig
	Key    string `arg:"" help:"The tenant's key, t_…"`
	Origin string `arg:"" help:"The origin, as the tenant's JSON has it."`
}

// Run removes an embed origin.
func (c *originRemoveCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) {
		return store.RemoveEmbedOrigin(env.ctx, db.Operator, c.Key, c.Origin)
	})
}

type tenantAuditCommand struct {
	databaseConfig
	Key   string `arg:"" help:"The tenant's key, t_…"`
	Limit int    `default:"50" help:"How many entries, 1,000 at most."`
}

// Run prints the newest audit events, the newest first.
func (c *tenantAuditCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) ([]*db.Event, error) {
		return store.Events(env.ctx, c.Key, uuid.Nil, c.Limit)
	})
}

type tenantPolicyCommand struct {
	databaseConfig
	Key             string `arg:"" help:"The tenant's key, t_…"`
	Assertion       string `enum:"none,optional,required," default:"" help:"Whether visitors may, or must, come with an assertion: none, optional or required."`
	RequireNonce    *bool  `negatable:"" help:"Whether an assertion must be made for the widget's key."`
	VouchedAccounts *bool  `negatable:"" help:"Whether an assertion alone opens an account of its own, which the tenant can read."`
}

// Run changes a tenant's policy; what is not given stays.
func (c *tenantPolicyCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*db.Tenant, error) {
		change := db.TenantChange{RequireNonce: c.RequireNonce, VouchedAccounts: c.VouchedAccounts}
		if c.Assertion != "" {
			policy := db.AssertionPolicy(strings.ToUpper(c.Assertion))
			change.Assertion = &policy
		}
		return store.UpdateTenant(env.ctx, db.Operator, c.Key, change)
	})
}

// answer opens the database, does what it is told and prints what this gives.
func answer[T any](env *environment, c *databaseConfig, do func(*db.DB) (T, error)) error {
	return with(env, c, func(store *db.DB) error {
		given, err := do(store)
		if err != nil {
			return err
		}
		return json.NewEncoder(env.stdout).Encode(given)
	})
}

// with opens the database and does what it is told.
func with(env *environment, c *databaseConfig, do func(*db.DB) error) error {
	store, err := openBeside(env, c)
	if err != nil {
		return err
	}
	return errors.Join(do(store.db), store.close())
}
