package main

import (
	"encoding/json"

	"github.com/company-a/aside/db"
)

type migrateCommand struct{ databaseConfig }

// Run brings the database up to date.
func (c *migrateCommand) Run(env *environment) error {
	store, err := openBeside(env, &c.databaseConfig)
	if err != nil {
		return err
	}
	return store.close()
}

type tenantCommand struct {
	Create tenantCreateCommand `cmd:"" help:"Make a tenant and print it as JSON."`
	Show   tenantShowCommand   `cmd:"" help:"Print a tenant as JSON."`
}

type tenantCreateCommand struct {
	databaseConfig
	Name   string   `required:"" help:"What visitors see, 1 to 80 characters."`
	Origin []string `help:"An origin whose pages may embed the widget, like https://shop.example. May be repeated." placeholder:"ORIGIN"`
}

// Run makes a tenant.
func (c *tenantCreateCommand) Run(env *environment) error {
	return c.print(env, func(store *db.DB) (*db.Tenant, error) { return store.CreateTenant(env.ctx, c.Name, c.Origin) })
}

type tenantShowCommand struct {
	databaseConfig
	Key string `arg:"" help:"The tenant's key, t_…"`
}

// Run prints a tenant.
func (c *tenantShowCommand) Run(env *environment) error {
	return c.print(env, func(store *db.DB) (*db.Tenant, error) { return store.Tenant(env.ctx, c.Key) })
}

// print opens the database, does what it is told and prints the tenant that this gives.
func (c *databaseConfig) print(env *environment, do func(*db.DB) (*db.Tenant, error)) error {
	store, err := openBeside(env, c)
	if err != nil {
		return err
	}
	tenant, err := do(store.db)
	if closeErr := store.close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(env.stdout).Encode(tenant)
}
