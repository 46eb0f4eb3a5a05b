package e2e

import (
	"strings"
	"testing"
)

// An owner lists and withdraws invitations, changes a role, transfers the tenant, and the new owner deletes it.
func TestAnOwnerHandsATenantOver(t *testing.T) {
	t.Parallel()
	a := start(t)
	w := newPerson(t).console(a, "")
	w.press("Create an account")
	w.sees("Create a tenant")
	w.enter("Name", "Hillside Tea")
	w.press("Create tenant")
	w.follow("Members")
	w.press("Create an invitation link")
	w.sees("/console#invitation=in_")
	w.sees("Invitation as admin")
	withdrawn := evaluate[string](w, `document.querySelector('.secret code').innerText`)
	w.press(evaluate[string](w, `document.querySelector('[aria-label^="Withdraw "]').ariaLabel`))
	w.sees("The invitation was withdrawn")
	w.press("Create an invitation link")
	w.sees("Invitation as admin")
	w.checkPage("console-members-invited")
	link := evaluate[string](w, `document.querySelector('.secret code').innerText`)
	ben := newPerson(t)
	v := ben.visit(withdrawn)
	v.connectAuthenticator()
	v.press("Create an account")
	v.sees("This invitation is invalid")
	v = ben.visit(link)
	v.sees("invited you to join Hillside Tea as an admin")
	v.press("Accept invitation")
	v.sees("Tenant key")
	v.follow("Members")
	if strings.Contains(v.text(), "Delete tenant") || strings.Contains(v.text(), "Transfer") {
		t.Errorf("an admin is offered an owner's acts:\n%s", v.text())
	}
	w.follow("Install")
	w.follow("Members")
	transfer := func() string {
		return evaluate[string](w, `document.querySelector('[aria-label^="Transfer to "]')?.ariaLabel ?? ''`)
	}
	w.wait("the other member", func() bool { return transfer() != "" })
	w.press(transfer())
	w.press("Transfer")
	w.sees("owns this tenant now")
	if strings.Contains(w.text(), "Delete tenant") {
		t.Errorf("the former owner is offered to delete it:\n%s", w.text())
	}
	v = ben.visit(a.account + "/console")
	v.sees("Tenant key")
	v.follow("Members")
	v.press("Delete tenant…")
	v.enter("Type “Hillside Tea” to confirm", "Hillside")
	v.press("Delete tenant")
	v.sees("This is not the tenant's name.")
	v.checkPage("console-delete")
	v.enter("Type “Hillside Tea” to confirm", "Hillside Tea")
	v.press("Delete tenant")
	v.sees("Hillside Tea was deleted")
	v.sees("Create a tenant")
}
