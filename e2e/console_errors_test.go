package e2e

import "testing"

// When something fails while a person sets up a tenant, their input stays and the page says how to continue.
func TestErrorsOnTheConsole(t *testing.T) {
	t.Parallel()
	a := start(t, "--listen", "127.0.0.1:"+freePort(t))
	p := newPerson(t)
	w := p.console(a, "")
	w.click("Create an account")
	w.enter("Name", "Hillside Tea")
	w.press("Create tenant")
	w.follow("Embed origins")
	w.sees("No page can show your widget yet.")

	// A refusal is shown at the field, which has the focus and keeps its content.
	w.enter("Origin", "http://tea.example")
	w.press("Add origin")
	w.sees("Use https://tea.example.")
	w.wait("focus at the field", func() bool { return evaluate[bool](w, `document.activeElement.ariaInvalid === 'true'`) })
	if got := w.value("Origin"); got != "http://tea.example" {
		t.Errorf("after the refusal the field says %q", got)
	}

	// The server stops and starts again.
	a.stop(t)
	w.enter("Origin", "https://tea.example")
	w.press("Add origin")
	w.sees("Aside can’t be reached.")
	w.checkPage("console-origins-unreachable")
	w.follow("Members")
	w.sees("Aside can’t be reached.")
	w.checkPage("console-failed")
	a.run(t, a.command.Args[2:]...)
	w.press("Try again")
	w.sees("Invite someone")

	// The session ends while the page is open: the action continues after the next sign-in.
	w.follow("Embed origins")
	w.sees("No page can show your widget yet.")
	a.endAccountSessions(t)
	w.wait("end of the session on this node", func() bool {
		return !await[bool](w, `fetch('/graphql', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"query": "{ viewer { id } }"}'}).then(r => r.json()).then(r => !!r.data?.viewer)`)
	})
	w.enter("Origin", "https://tea.example")
	w.press("Add origin")
	w.sees("Your session has ended. Sign in to continue where you left off.")
	w.checkPage("console-entrance-again")
	w.press("Sign in with a passkey")
	w.find("button", "Remove https://tea.example")
}
