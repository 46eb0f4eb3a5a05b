package command

import (
	"strings"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph"
)

type tenantMembers struct {
	List        membersList        `cmd:"" help:"Print the members as JSON."`
	Invite      membersInvite      `cmd:"" help:"Create a link that makes one person a member, and print it as JSON. It works once, within 7 days."`
	Invitations membersInvitations `cmd:"" help:"Print the open invitations as JSON, without their links."`
	Withdraw    membersWithdraw    `cmd:"" help:"Withdraw an open invitation: its link is refused from now on."`
	Role        membersRole        `cmd:"" help:"Give a member another role, and print the member as JSON. The last owner stays one."`
	Remove      membersRemove      `cmd:"" help:"Remove a member. The last owner cannot be removed."`
}

type membersList struct {
	tenantArgument
}

// Run lists a tenant's members.
func (c *membersList) Run(e *environment, d *db.DB) error {
	if _, err := d.Tenant(e.ctx, c.Key); err != nil {
		return err
	}
	members, err := d.Members(e.ctx, c.Key)
	if members == nil {
		members = []*db.Member{}
	}
	return e.print(members, err)
}

type membersInvite struct {
	linkFlags
	tenantArgument
	Role string `enum:"owner,admin,viewer" default:"owner" help:"Role of the new member: owner, admin or viewer."`
}

// Run invites a person to a tenant.
func (c *membersInvite) Run(e *environment, d *db.DB) error {
	origin, err := c.origin(e, d)
	if err != nil {
		return err
	}
	token, expiresAt, err := d.Invite(e.ctx, db.Operator(c.Key), db.Role(strings.ToUpper(c.Role)))
	return e.print(map[string]any{"url": graph.InvitationURL(origin, token), "expiresAt": expiresAt.Format(time.RFC3339)}, err)
}

type membersRemove struct {
	tenantArgument
	ID string `arg:"" help:"Member's id, m_…"`
}

// Run removes a member.
func (c *membersRemove) Run(e *environment, d *db.DB) error {
	return e.print(map[string]string{"id": c.ID}, d.RemoveMember(e.ctx, db.Operator(c.Key), c.ID))
}

type membersInvitations struct {
	Key string `arg:"" help:"Tenant's key, t_…"`
}

// Run lists a tenant's open invitations.
func (c *membersInvitations) Run(e *environment, d *db.DB) error {
	if _, err := d.Tenant(e.ctx, c.Key); err != nil {
		return err
	}
	list, err := d.Invitations(e.ctx, c.Key)
	if list == nil {
		list = []*db.Invitation{}
	}
	return e.print(list, err)
}

type membersWithdraw struct {
	Key string `arg:"" help:"Tenant's key, t_…"`
	ID  string `arg:"" help:"Invitation's id, i_…"`
}

// Run withdraws an invitation.
func (c *membersWithdraw) Run(e *environment, d *db.DB) error {
	return e.print(map[string]string{"id": c.ID}, d.WithdrawInvitation(e.ctx, db.Operator(c.Key), c.ID))
}

type membersRole struct {
	Key  string `arg:"" help:"Tenant's key, t_…"`
	ID   string `arg:"" help:"Member's id, m_…"`
	Role string `arg:"" enum:"owner,admin,viewer" help:"Role from now on: owner, admin or viewer."`
}

// Run changes a member's role.
func (c *membersRole) Run(e *environment, d *db.DB) error {
	return e.print(d.ChangeRole(e.ctx, db.Operator(c.Key), c.ID, db.Role(strings.ToUpper(c.Role))))
}
