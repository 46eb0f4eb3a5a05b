package e2e

import (
	"strings"
	"testing"
)

// When somebody else signs in after a session has ended, nothing of the first person is left in the page.
func TestNextPersonSeesNothingOfThePreviousOne(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.signUp(a, a.shop).write("Oolong", "Order the spring harvest.")
	w := p.account(a, "/notes")
	w.follow("Oolong")
	w.find("field", "Note")
	a.endAccountSessions(t)
	w.tabTo("field", "Note")
	w.wait("word that the session has ended", func() bool {
		w.keys(".") // until this node has noticed the end of the session
		return strings.Contains(w.text(), "Your session has ended")
	})
	w.switchDevice()
	w.createSecond()
	w.sees("Note not found")
	if text := w.text(); strings.Contains(text, "Oolong") {
		t.Errorf("the second person sees\n%s", text)
	}
}
