package e2e

import (
	"strings"
	"testing"
)

func TestTwoDevicesWriteOneNote(t *testing.T) {
	t.Parallel()
	a := start(t)
	laptop, phone := newPerson(t), newPerson(t)
	first := laptop.signUp(a, a.shop)
	first.write("Oolong", "as it was")
	phone.passkeys = laptop.passkeys // synchronized between the devices
	second := phone.signIn(a, a.shop)

	first.setWidgetOffline(true)
	first.fill("Note", "from the laptop")
	first.sees("Offline – saved on this device")
	second.clickOn("option", "Oolong")
	second.fill("Note", "from the phone")
	second.sees("Saved")

	first.setWidgetOffline(false)
	first.sees("This note was changed elsewhere")
	first.sees("from the laptop")
	first.sees("from the phone")
	first.click("Keep this version")
	first.sees("Saved")

	phone.visit(a.shop)
	second = phone.widget(a)
	second.clickOn("option", "Oolong")
	if got := second.value("Note"); got != "from the laptop" {
		t.Errorf("the phone shows %q", got)
	}
}

func TestTwoTabsWriteOneNote(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	first := p.signUp(a, a.shop)
	first.write("Oolong", "as it was")

	second := p.tab(a, a.shop+"/order")
	second.clickOn("option", "Oolong")
	second.wait("the note", func() bool { return second.value("Note") == "as it was" })
	first.setWidgetOffline(true)
	first.fill("Note", "from the first tab")
	first.sees("Offline – saved on this device")
	second.setWidgetOffline(true)
	second.fill("Note", "from the second tab")
	second.sees("Offline – saved on this device")

	// Neither tab takes over the unsaved notes of the other one while that is open.
	first.setWidgetOffline(false)
	first.sees("Saved")
	second.setWidgetOffline(false)
	second.sees("Changed elsewhere")
	second.sees("from the first tab")
	second.sees("from the second tab")
	second.click("Use the other version")
	second.sees("Saved")
	second.click("Undo")
	second.wait("the undone choice saved", func() bool {
		return strings.Contains(second.text(), "Saved") && second.value("Note") == "from the second tab"
	})
}
