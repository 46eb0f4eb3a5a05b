package main

import (
	"strings"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph"
)

type tenantMembersCommand struct {
	List   membersListCommand   `cmd:"" help:"Print the members as JSON."`
	Invite membersInviteCommand `cmd:"" help:"Make a link by which somebody becomes a member, once, within 7 days, and print it as JSON."`
	Remove membersRemoveCommand `cmd:"" help:"Take a member's role. The last owner stays."`
}

type membersListCommand struct {
	databaseConfig
	Key string `arg:"" help:"The tenant's key, t_…"`
}

// Run lists a tenant's members.
func (c *membersListCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) ([]*db.Member, error) {
		if _, err := store.Tenant(env.ctx, c.Key); err != nil {
			return nil, err
		}
		members, err := store.Members(env.ctx, c.Key)
		if members == nil {
			members = []*db.Member{}
		}
		return members, err
	})
}

type membersInviteCommand struct {
	databaseConfig
	linkConfig
	Key  string `arg:"" help:"The tenant's key, t_…"`
	Role string `enum:"owner,admin,viewer" default:"owner" help:"What they may do: owner, admin or viewer."`
}

// Run invites somebody to a tenant.
func (c *membersInviteCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (map[string]any, error) {
		origin, err := c.origin(env, store)
		if err != nil {
			return nil, err
		}
		token, expiresAt, err := store.Invite(env.ctx, db.Operator, c.Key, db.Role(strings.ToUpper(c.Role)))
		if err != nil {
			return nil, err
		}
		return map[string]any{"url": graph.InvitationURL(origin, token), "expiresAt": expiresAt.Format(time.RFC3339)}, nil
	})
}

type membersRemoveCommand struct {
	databaseConfig
	Key string `arg:"" help:"The tenant's key, t_…"`
	ID  string `arg:"" help:"The member's id, m_…"`
}

// Run removes a member.
func (c *membersRemoveCommand) Run(env *environment) error {
	return answer(env, &c.databaseConfig, func(store *db.DB) (map[string]string, error) {
		return map[string]string{"id": c.ID}, store.RemoveMember(env.ctx, db.Operator, c.Key, c.ID)
	})
}
