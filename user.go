package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

type userCommand struct {
	Show    userShowCommand    `cmd:"" help:"Print an account as JSON: its passkeys, sessions and audit log, nothing that its person wrote."`
	Recover userRecoverCommand `cmd:"" help:"Make a link by which somebody who lost their passkeys makes a new one, once, within a day, and print it as JSON."`
	Delete  userDeleteCommand  `cmd:"" help:"Destroy an account and everything in it, for good."`
}

type userShowCommand struct {
	databaseConfig
	Who string `arg:"" help:"The account's id, as its person sees it at /account, or their display name."`
}

// Run prints the accounts that are meant.
func (c *userShowCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) ([]*db.Account, error) {
		return store.FindAccounts(env.ctx, c.Who)
	})
}

type userRecoverCommand struct {
	databaseConfig
	linkConfig
	Who string `arg:"" help:"The account's id, or a display name that only one account has."`
}

// recoveryLink is what an operator hands to the person.
type recoveryLink struct {
	Account     uuid.UUID `json:"account"`
	DisplayName string    `json:"displayName"`
	URL         string    `json:"url"`
	ExpiresAt   time.Time `json:"expiresAt"`
}

// Run makes a link. The token stands behind the #, which browsers send nowhere.
func (c *userRecoverCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (*recoveryLink, error) {
		origin, err := c.origin(env, store)
		if err != nil {
			return nil, err
		}
		found, err := store.FindAccounts(env.ctx, c.Who)
		if err != nil {
			return nil, err
		}
		if len(found) > 1 {
			return nil, fmt.Errorf("several accounts are called %q: give the id of one of them (%s)", c.Who, ids(found))
		}
		token, expiresAt, err := store.NewRecoveryLink(env.ctx, found[0].ID)
		if err != nil {
			return nil, err
		}
		return &recoveryLink{found[0].ID, found[0].DisplayName, origin + "/recover#" + token, expiresAt}, nil
	})
}

func ids(accounts []*db.Account) string {
	var list []string
	for _, a := range accounts {
		list = append(list, a.ID.String())
	}
	return strings.Join(list, ", ")
}

type userDeleteCommand struct {
	databaseConfig
	ID    uuid.UUID `arg:"" help:"The account's id: nothing else, so that nobody else is meant."`
	Yes   bool      `required:"" help:"That this is meant: nothing brings an account back."`
	Leave []string  `placeholder:"KEY" help:"Tenants of which the account is the only owner, and which may be left without one."`
}

// Run destroys an account.
func (c *userDeleteCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (map[string]uuid.UUID, error) {
		return map[string]uuid.UUID{"id": c.ID}, store.DeleteAccountOf(env.ctx, c.ID, c.Leave...)
	})
}
