package e2e

import "testing"

// again opens the account page in another browser of the same person.
func (p *person) again(a *aside, place string) *window {
	p.t.Helper()
	other := newPerson(p.t)
	other.passkeys = p.passkeys // synchronized between the devices
	w := other.account(a, place)
	w.click("Sign in with a passkey")
	return w
}

// The account page shows what happens in the widget and in another browser without a reload: notes that are
// written, changed and deleted, and finally that the session has ended.
func TestTheAccountHearsOfWhatHappensElsewhere(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	widget := p.signUp(a, a.shop)
	w := p.again(a, "/notes")
	w.sees("No notes yet")
	widget.write("Oolong", "Order the spring harvest.")
	w.sees("Order the spring harvest.")
	w.follow("Oolong")
	w.find("field", "Note")
	widget.fill("Note", "Two tins of it.")
	w.wait("the widget's text", func() bool { return w.value("Note") == "Two tins of it." })
	widget.click("Move to trash")
	w.sees("in the trash since")
	widget.click("Undo")
	w.find("field", "Title")

	// The page of the first browser ends the session of the second.
	first := p.account(a, "/sessions")
	first.sees("Hillside Tea")
	first.press("Sign out everywhere else")
	first.sees("every other browser. They will ask for your passkey again.")
	first.inOrder("account-sessions-question")
	first.press("Sign out")
	first.sees("Signed out of 2 sessions") // the widget's and the other browser's
	first.inOrder("account-sessions-alone")
	w.sees("Your session has ended. Sign in to continue where you left off.")
	w.press("Sign in with a passkey")
	w.find("field", "Title")
	if got := w.value("Note"); got != "Two tins of it." {
		t.Errorf("after signing in again the note says %q", got)
	}
	p.visit(a.shop)
	p.widget(a).find("button", "Sign in")
}

// A person sees a site that was linked in the popup and unlinks it, with the keyboard alone.
func TestLinkedSites(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.linked(a, joe)
	w := p.account(a, "/sites")
	w.sees("Knows you as Joe Miller, joe@post.example")
	w.inOrder("account-sites")
	w.press("Unlink Hillside Tea")
	w.sees("Your notes stay.")
	w.inOrder("account-sites-question")
	w.press("Unlink")
	w.sees("Hillside Tea was unlinked")
	w.sees("No linked sites yet.")
	w.wait("focus at the heading", func() bool { return w.focused() == "Linked sites" })
	p.visit(a.shop)
	p.widget(a).find("button", "Sign in") // it was the session of that link
}

// Deleting the account of a tenant's only owner requires a confirmation of that.
func TestTheOnlyOwnerHandsOverFirst(t *testing.T) {
	t.Parallel()
	a := start(t)
	w := newPerson(t).console(a, "")
	w.press("Create an account")
	w.enter("Name", "Hillside Tea")
	w.press("Create tenant")
	w.sees("None yet: no page can show the widget.")
	w = w.visit(a.account + "/account/data")
	w.sees("You are the only owner of this tenant.")
	w.find("link", "Members of Hillside Tea")
	w.inOrder("account-data-owner")
	w.press("Delete account")
	w.enter("Type “delete” to continue", "delete")
	w.press("Delete forever")
	w.sees("Invite another owner, or check this box.")
	w.wait("focus at the box", func() bool { return evaluate[bool](w, `document.activeElement.matches('dialog [type=checkbox]')`) })
	w.inOrder("account-data-owner-wrong")
	w.keys(" ")
	w.press("Delete forever")
	w.sees("Your account and everything in it")
}
