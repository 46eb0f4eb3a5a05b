package e2e

import "testing"

// An owner who removes an admin sees which secrets the admin may still know, and rotates each there.
func TestAFormerMembersSecretsAreRotated(t *testing.T) {
	t.Parallel()
	a := start(t)
	w := newPerson(t).console(a, "")
	w.press("Create an account")
	w.sees("Create a tenant")
	w.enter("Name", "Hillside Tea")
	w.press("Create tenant")
	w.follow("Assertion keys")
	w.press("Create a shared secret")
	w.sees("Copy it now.")
	w.follow("Server keys")
	w.enter("Name of the new key", "production")
	w.press("Create server key")
	w.sees("Copy it now.")
	w.follow("Members")
	w.press("Create an invitation link")
	w.sees("/console#invitation=in_")
	v := newPerson(t).visit(evaluate[string](w, `document.querySelector('.secret code').innerText`))
	v.connectAuthenticator()
	v.press("Create an account")
	v.sees("You’re invited")
	v.press("Accept invitation")
	v.sees("Tenant key")
	a.exec(t, `UPDATE members SET created_at = now() + interval '1 second' WHERE role = 'ADMIN'`) // after the owner in the list

	w.follow("Server keys")
	w.follow("Members")
	w.wait("both members", func() bool {
		return evaluate[int](w, `document.querySelectorAll('[aria-label="Members"] bdi').length`) == 2
	})
	name := evaluate[string](w, `[...document.querySelectorAll('[aria-label="Members"] bdi')].at(-1).innerText`)
	remove := evaluate[string](w, `[...document.querySelectorAll('[aria-label="Members"] button')].at(-1).ariaLabel`)
	w.press(remove)
	w.sees("their invitations end")
	w.press("Remove")
	w.sees("What " + name + " may still know")
	w.sees("production")
	w.checkPage("console-former-member")
	w.press("Rotate production")
	w.sees("Both keys are now accepted.")
	w.press("Revoke production")
	w.press("Revoke")
	w.sees("production was revoked")
	w.press("Rotate Shared secret")
	w.sees("Both secrets are now accepted.")
	w.press("Revoke Shared secret")
	w.press("Revoke")
	w.sees("Nothing is left to rotate.")
	w.follow("Audit log")
	w.sees("member.may_know")
	w.follow("Server keys")
	w.sees("production") // the new one
}
