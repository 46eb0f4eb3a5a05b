package e2e

import "testing"

// accountElsewhere opens the account page in another browser of the same person.
func (p *person) accountElsewhere(a *aside, place string) *window {
	p.t.Helper()
	other := newPerson(p.t)
	other.passkeys = p.passkeys // synchronized between the devices
	w := other.account(a, place)
	w.click("Sign in with a passkey")
	return w
}

// The account page shows what happens in the widget and in another browser without a reload: notes that are
// written, changed and deleted, and finally that the session has ended.
func TestAccountPageShowsChangesMadeElsewhere(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	widget := p.signUp(a, a.shop)
	w := p.accountElsewhere(a, "/notes")
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
	first.checkPage("account-sessions-question")
	first.press("Sign out")
	first.sees("Signed out of 2 sessions") // the widget's and the other browser's
	first.checkPage("account-sessions-alone")
	w.sees("Your session has ended. Sign in to continue where you left off.")
	w.press("Sign in with a passkey")
	w.find("field", "Title")
	if got := w.value("Note"); got != "Two tins of it." {
		t.Errorf("after signing in again the note says %q", got)
	}
	p.visit(a.shop)
	p.widget(a).find("button", "Sign in")
}
