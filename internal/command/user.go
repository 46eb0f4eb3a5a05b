package command

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

// User helps people with their accounts.
type User struct {
	databaseFlags
	Show    userShow    `cmd:"" help:"Print an account as JSON: its passkeys, sessions and audit log, but nothing that the person wrote."`
	Recover userRecover `cmd:"" help:"Create a link for somebody who lost their passkeys to make a new one, and print it as JSON. It works once, within a day."`
	Delete  userDelete  `cmd:"" help:"Permanently delete an account and everything in it."`
}

type userShow struct {
	Who string `arg:"" help:"Account's id, which the person sees at /account, or display name."`
}

// Run prints the matching accounts.
func (c *userShow) Run(e *environment, d *db.DB) error {
	return e.print(d.FindAccounts(e.ctx, c.Who))
}

type userRecover struct {
	linkFlags
	Who string `arg:"" help:"Account's id, or a display name that only one account has."`
}

// A recoveryLink is what an operator gives to the person.
type recoveryLink struct {
	Account     uuid.UUID `json:"account"`
	DisplayName string    `json:"displayName"`
	URL         string    `json:"url"`
	ExpiresAt   time.Time `json:"expiresAt"`
}

// Run creates a link. The token is in the fragment, which browsers do not send.
func (c *userRecover) Run(e *environment, d *db.DB) error {
	origin, err := c.origin(e, d)
	if err != nil {
		return err
	}
	found, err := d.FindAccounts(e.ctx, c.Who)
	if err != nil {
		return err
	}
	if len(found) > 1 {
		return fmt.Errorf("several accounts are called %q: give the id of one of them (%s)", c.Who, ids(found))
	}
	token, expiresAt, err := d.NewRecoveryLink(e.ctx, found[0].ID)
	return e.print(&recoveryLink{found[0].ID, found[0].DisplayName, origin + "/recover#" + token, expiresAt}, err)
}

func ids(accounts []*db.Account) string {
	var list []string
	for _, a := range accounts {
		list = append(list, a.ID.String())
	}
	return strings.Join(list, ", ")
}

type userDelete struct {
	ID    uuid.UUID `arg:"" help:"Account's id. A display name is not accepted, so that no other account is deleted by mistake."`
	Yes   bool      `required:"" help:"Confirms the deletion, which cannot be undone."`
	Leave []string  `placeholder:"KEY" help:"Tenants that the deletion may leave without an owner."`
}

// Run deletes an account.
func (c *userDelete) Run(e *environment, d *db.DB) error {
	return e.print(map[string]uuid.UUID{"id": c.ID}, d.DeleteAccountOf(e.ctx, c.ID, c.Leave...))
}
