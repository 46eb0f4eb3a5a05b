package e2e

import (
	"net/http"
	"strings"
	"sync"
	"testing"
)

// streamCounter counts the streams on a line.
type streamCounter struct {
	mu         sync.Mutex
	open, most int
}

func (s *streamCounter) attach(l *proxy) {
	forward := l.forward
	l.forward = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") == "text/event-stream" {
			s.add(1)
			defer s.add(-1)
		}
		forward.ServeHTTP(w, r)
	})
}

func (s *streamCounter) add(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open += n
	s.most = max(s.most, s.open)
}

func TestAChangeShowsInAnotherTabAndOnAnotherDevice(t *testing.T) {
	t.Parallel()
	a := start(t)
	var counted streamCounter
	line := newProxy(t)
	counted.attach(line)
	p, phone := newPerson(t, line.route), newPerson(t)
	first := p.signUp(a, a.shop)
	second := p.tab(a, a.shop+"/order")
	second.sees("No notes yet")
	phone.passkeys = p.passkeys
	third := phone.signIn(a, a.shop)
	// A stream that opens too late for a change receives the next one.
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

	// All tabs share one stream, since browsers allow few connections.
	counted.mu.Lock()
	defer counted.mu.Unlock()
	if counted.most != 1 {
		t.Errorf("two tabs listen by %d streams", counted.most)
	}
}

// Signing in on one page of a tenant also signs in the tenant's other open pages.
func TestASignInShowsInAnotherTab(t *testing.T) {
	t.Parallel()
	a := start(t)
	p := newPerson(t)
	p.visit(a.shop)
	first := p.widget(a)
	first.find("button", "Sign in")
	second := p.tab(a, a.shop+"/order")
	popup := second.opens(func() { second.click("Sign in") })
	popup.click("Create an account")
	popup.click("Allow")
	popup.closes()
	second.write("Oolong", "spring harvest")
	first.sees("Oolong")
	second.click("Sign out")
	first.sees("Sign in")
}
