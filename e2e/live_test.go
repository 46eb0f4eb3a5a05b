package e2e

import (
	"strings"
	"testing"
)

func TestAChangeShowsInAnotherTabAndOnAnotherDevice(t *testing.T) {
	t.Parallel()
	a := start(t)
	p, phone := newPerson(t), newPerson(t)
	first := p.signUp(a, a.shop)
	second := p.tab(a, a.shop+"/order")
	second.sees("No notes yet")
	phone.passkeys = p.passkeys
	third := phone.signIn(a, a.shop)
	// Who isn't listening yet hears of the next change.
	heard := func(w *window, title string) func() bool {
		return func() bool { return strings.Contains(strings.Join(w.titles(), "\n"), title) }
	}
	first.write("Oolong", "spring harvest")
	second.wait("the note in the other tab", heard(second, "Oolong"))
	third.wait("the note on the other device", heard(third, "Oolong"))

	third.clickOn("option", "Oolong")
	third.fill("Title", "Oolong, two tins")
	third.sees("Saved")
	first.wait("the change in the open note", func() bool { return first.value("Title") == "Oolong, two tins" })
	second.wait("the change in the list", heard(second, "two tins"))

	third.click("Move to trash")
	second.wait("the note gone from the list", func() bool { return len(second.titles()) == 0 })
}
