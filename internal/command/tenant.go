package command

import (
	"encoding/json"
	"strings"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

// A tenantArgument is the argument of a command that is about one tenant.
type tenantArgument struct {
	Key string `arg:"" help:"Tenant's key, t_…"`
}

// Tenant manages tenants.
type Tenant struct {
	databaseFlags
	Create   tenantCreate   `cmd:"" help:"Create a tenant and print it as JSON."`
	List     tenantList     `cmd:"" help:"Print all tenants, one line of JSON each."`
	Show     tenantShow     `cmd:"" help:"Print a tenant as JSON."`
	Rename   tenantRename   `cmd:"" help:"Rename a tenant and print it as JSON."`
	Suspend  tenantSuspend  `cmd:"" help:"Suspend a tenant and print it as JSON. Its widget refuses everybody and its sessions end immediately; visitors can still open their notes at /account."`
	Resume   tenantResume   `cmd:"" help:"End a tenant's suspension and print the tenant as JSON."`
	Transfer tenantTransfer `cmd:"" help:"Make a member the only owner; the other owners become admins. Prints the members as JSON."`
	Delete   tenantDelete   `cmd:"" help:"Delete a tenant for good. People keep the notes that a passkey opens, at /account; the notes that only the tenant's assertion opens are deleted."`
	Erase    tenantErase    `cmd:"" help:"Forget a visitor of a tenant: their link, email address and name, and the account that the tenant vouched for, with its notes."`
	Origin   tenantOrigin   `cmd:"" help:"Manage the origins that can embed the widget."`
	Policy   tenantPolicy   `cmd:"" help:"Change a tenant's policy on assertions and wildcard origins, and print the tenant as JSON."`
	Brand    tenantBrand    `cmd:"" help:"Change the look of a tenant's widget and print the tenant as JSON."`
	Key      tenantKey      `cmd:"" help:"Manage a tenant's keys: those that verify assertions, and those of its backend."`
	Webhook  tenantWebhook  `cmd:"" help:"Manage the URLs of the tenant's backend to which events are sent."`
	Members  tenantMembers  `cmd:"" help:"Manage who administers a tenant at /console."`
	Usage    tenantUsage    `cmd:"" help:"Print a tenant's usage by day or month."`
	Audit    tenantAudit    `cmd:"" help:"Print the newest entries of a tenant's audit log as JSON."`
}

type tenantCreate struct {
	Name   string   `required:"" help:"Name that visitors see, 1 to 80 characters."`
	Origin []string `help:"Origin of pages that can embed the widget, like https://shop.example. Can be repeated." placeholder:"ORIGIN"`
}

// Run creates a tenant.
func (c *tenantCreate) Run(e *environment, d *db.DB) error {
	return e.print(d.CreateTenant(e.ctx, c.Name, c.Origin))
}

type tenantShow struct {
	tenantArgument
}

// Run prints a tenant.
func (c *tenantShow) Run(e *environment, d *db.DB) error {
	return e.print(d.Tenant(e.ctx, c.Key))
}

type tenantList struct{}

// Run prints each tenant.
func (c *tenantList) Run(e *environment, d *db.DB) error {
	lines := json.NewEncoder(e.stdout)
	return d.EachTenant(e.ctx, func(t *db.Tenant) error { return lines.Encode(t) })
}

type tenantRename struct {
	tenantArgument
	Name string `arg:"" help:"Name that visitors see, 1 to 80 characters."`
}

// Run renames a tenant.
func (c *tenantRename) Run(e *environment, d *db.DB) error {
	return e.print(d.UpdateTenant(e.ctx, db.Operator(c.Key), db.TenantChange{Name: &c.Name}))
}

type tenantSuspend struct {
	tenantArgument
}

// Run suspends a tenant.
func (c *tenantSuspend) Run(e *environment, d *db.DB) error {
	return e.print(d.Suspend(e.ctx, db.Operator(c.Key)))
}

type tenantResume struct {
	tenantArgument
}

// Run ends a tenant's suspension.
func (c *tenantResume) Run(e *environment, d *db.DB) error {
	return e.print(d.Resume(e.ctx, db.Operator(c.Key)))
}

type tenantTransfer struct {
	Key string `arg:"" help:"Tenant's key, t_…"`
	ID  string `arg:"" help:"Id of the member who becomes the owner, m_…"`
}

// Run transfers a tenant.
func (c *tenantTransfer) Run(e *environment, d *db.DB) error {
	if err := d.TransferTenant(e.ctx, db.Operator(c.Key), c.ID); err != nil {
		return err
	}
	return e.print(d.Members(e.ctx, c.Key))
}

type tenantDelete struct {
	Key  string `arg:"" help:"Tenant's key, t_…"`
	Name string `required:"" help:"Tenant's name, as a confirmation."`
}

// Run deletes a tenant.
func (c *tenantDelete) Run(e *environment, d *db.DB) error {
	return e.print(map[string]string{"id": c.Key}, d.DeleteTenant(e.ctx, db.Operator(c.Key), c.Name))
}

type tenantErase struct {
	Key     string `arg:"" help:"Tenant's key, t_…"`
	Subject string `arg:"" help:"Tenant's id of the visitor: the sub of its assertions."`
}

// Run erases a subject.
func (c *tenantErase) Run(e *environment, d *db.DB) error {
	return e.print(map[string]bool{"erased": true}, d.EraseSubject(e.ctx, db.Operator(c.Key), c.Subject))
}

type tenantBrand struct {
	tenantArgument
	Name   *string `help:"Name that visitors see. Empty: the tenant's name."`
	Accent *string `help:"Color of the widget, like #2f5d50. Empty: the widget's own." placeholder:"#RRGGBB"`
}

// Run changes the branding. Flags that aren't given change nothing.
func (c *tenantBrand) Run(e *environment, d *db.DB) error {
	return e.print(d.UpdateTenant(e.ctx, db.Operator(c.Key), db.TenantChange{BrandName: c.Name, Accent: c.Accent}))
}

type tenantOrigin struct {
	Add    originAdd    `cmd:"" help:"Allow an origin's pages to embed the widget, and print the tenant as JSON."`
	Remove originRemove `cmd:"" help:"Remove an origin, end the sessions that began there, and print the tenant as JSON."`
}

type originAdd struct {
	tenantArgument
	Origin string `arg:"" help:"Origin, like https://shop.example."`
}

// Run adds an embed origin.
func (c *originAdd) Run(e *environment, d *db.DB) error {
	return e.print(d.AddEmbedOrigin(e.ctx, db.Operator(c.Key), c.Origin))
}

type originRemove struct {
	tenantArgument
	Origin string `arg:"" help:"Origin, as written in the tenant's JSON."`
}

// Run removes an embed origin.
func (c *originRemove) Run(e *environment, d *db.DB) error {
	return e.print(d.RemoveEmbedOrigin(e.ctx, db.Operator(c.Key), c.Origin))
}

type tenantAudit struct {
	tenantArgument
	Limit int `default:"50" help:"Number of entries, at most 1,000."`
}

// Run prints the newest audit events, newest first.
func (c *tenantAudit) Run(e *environment, d *db.DB) error {
	return e.print(d.Events(e.ctx, c.Key, uuid.Nil, c.Limit))
}

type tenantPolicy struct {
	tenantArgument
	Assertion       string `enum:"none,optional,required," default:"" help:"Whether visitors can or must bring an assertion: none, optional or required."`
	RequireNonce    *bool  `negatable:"" help:"Whether an assertion must be bound to the widget's key."`
	WildcardOrigins *bool  `negatable:"" help:"Whether embed origins can have one wildcard label, like https://*.preview.example."`
	VouchedAccounts *bool  `negatable:"" help:"Whether an assertion alone opens a separate account, which the tenant can read."`
}

// Run changes the policy. Flags that aren't given change nothing.
func (c *tenantPolicy) Run(e *environment, d *db.DB) error {
	change := db.TenantChange{RequireNonce: c.RequireNonce, VouchedAccounts: c.VouchedAccounts, WildcardOrigins: c.WildcardOrigins}
	if c.Assertion != "" {
		policy := db.AssertionPolicy(strings.ToUpper(c.Assertion))
		change.Assertion = &policy
	}
	return e.print(d.UpdateTenant(e.ctx, db.Operator(c.Key), change))
}
