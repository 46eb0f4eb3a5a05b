package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// signUpAtTwoSites creates a person with notes at the shop and at a newspaper, and opens their account page.
func signUpAtTwoSites(t *testing.T, a *aside) *window {
	t.Helper()
	_, paper := a.tenant(t, "The Paper", "paper.localhost")
	p := newPerson(t)
	w := p.signUp(a, a.shop)
	w.write("Oolong", "Order the spring harvest before Friday.")
	w.closeNote()
	w.write("Gift for Noor", "The blue tin, not the red.")
	p.visit(paper)
	w = p.widget(a)
	popup := w.opens(func() { w.click("Sign in") })
	popup.click("Continue")
	popup.click("Allow")
	popup.closes()
	w.write("Long read", "Chapter two, on monsoons.")
	return p.account(a, "/notes")
}

// A person finds, reads, changes, deletes and restores notes of every site, with the keyboard alone.
func TestNotesOfAllSites(t *testing.T) {
	t.Parallel()
	a := start(t)
	w := signUpAtTwoSites(t, a)
	w.sees("Long read")
	w.sees("Oolong")
	w.find("field", "Site")
	w.sees("Your account has only one passkey.")
	w.checkPage("account-notes")
	w.press("Dismiss")
	w.wait("focus at the heading", func() bool { return w.focused() == "Notes" })
	w.follow("Overview")
	w.sees("Your account has only one passkey.")
	w.follow("Notes")
	w.sees("Long read")
	w.find("field", "Site")
	if strings.Contains(w.text(), "Only one passkey") {
		t.Error("the dismissed reminder is back")
	}

	w.enter("Search", "spring")
	w.sees("1 note")
	if strings.Contains(w.text(), "Long read") {
		t.Error("a search for spring shows the note on monsoons")
	}
	w.enter("Search", "nowhere to be found")
	w.sees("No notes found")
	w.checkPage("account-notes-nothing-found")
	w.enter("Search", kb.Delete)
	w.sees("Long read")
	w.tabTo("field", "Site")
	w.keys(kb.End) // The Paper
	w.sees("1 note")
	if strings.Contains(w.text(), "Oolong") {
		t.Error("the paper's notes include one of the shop's")
	}
	w.tabTo("field", "Site")
	w.keys(kb.Home) // Every site
	w.sees("Oolong")

	w.follow("Oolong")
	w.find("field", "Note")
	if got := w.focused(); got != "Oolong" {
		t.Errorf("on the note's page the focus is on %q", got)
	}
	w.enter("Title", "Oolong, spring")
	w.enter("Tags", "tea, orders")
	w.sees("Saved")
	w.checkPage("account-note")

	// A conflicting change is not overwritten, and neither text is lost.
	other := w.accountElsewhere(a, "/notes")
	other.sees("Oolong, spring")
	w.setOffline(true)
	w.enter("Note", "First thoughts.")
	w.sees("Not saved")
	other.changeElsewhere("Oolong, spring", "Second thoughts.")
	other.close()
	w.setOffline(false)
	w.sees("This note was changed elsewhere")
	w.sees("Second thoughts.")
	w.checkPage("account-note-conflict")
	w.press("Keep this version")
	w.sees("Saved")
	if got := w.value("Note"); got != "First thoughts." {
		t.Errorf("the note says %q", got)
	}
	w.press("Undo")
	w.wait("the other text", func() bool { return w.value("Note") == "Second thoughts." })
	w.sees("Saved")

	w.press("Move to trash")
	w.sees("Moved to trash: Oolong, spring")
	if got := w.focused(); got != "Undo" {
		t.Errorf("after a note went to the trash the focus is on %q", got)
	}
	w.checkPage("account-notes-undo")
	w.keys(kb.Enter)
	w.find("field", "Note")

	w.press("Move to trash")
	w.sees("Moved to trash")
	w.follow("Trash")
	w.sees("In the trash since")
	if text := w.text(); strings.Contains(text, "Moved to trash") {
		t.Errorf("another page still says what happened on the one before:\n%s", text)
	}
	w.checkPage("account-trash")
	w.follow("Oolong, spring")
	w.sees("Second thoughts.")
	w.checkPage("account-trash-note")
	w.press("Restore")
	w.find("field", "Note")
	w.press("Move to trash")
	w.sees("Moved to trash")
	w.follow("Trash")
	w.press("Delete forever: Oolong, spring")
	w.sees("can’t be restored")
	w.checkPage("account-trash-question")
	w.keys(kb.Escape)
	w.wait("focus where it was", func() bool { return w.focused() == "Delete forever" })
	w.keys(kb.Enter)
	w.press("Delete forever")
	w.sees("The trash is empty")
	w.checkPage("account-trash-empty")
	w.follow("All notes")
	w.sees("Gift for Noor")
	if strings.Contains(w.text(), "Oolong") {
		t.Error("the note is gone for good, and still listed")
	}
}

// changeElsewhere changes a note like another browser of the same person.
func (w *window) changeElsewhere(title, body string) {
	w.t.Helper()
	script := fmt.Sprintf(`(async () => {
		const ask = (query, variables) => fetch('/graphql', {method: 'POST', headers: {'Content-Type': 'application/json'},
			body: JSON.stringify({query, variables})}).then(r => r.json());
		const {data} = await ask('{notes{edges{node{id title version}}}}');
		const {id, version} = data.notes.edges.map(e => e.node).find(n => n.title === %s);
		const {errors} = await ask('mutation($input: UpdateNoteInput!){updateNote(input:$input){note{id}}}', {input: {id, version, body: %s}});
		if (errors) throw new Error(errors[0].message);
		return true;
	})()`, quote(title), quote(body))
	await[bool](w, script)
}
