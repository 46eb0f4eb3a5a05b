package main

import (
	"testing"

	"github.com/company-a/aside/db"
)

func TestNotesOfEachPerson(t *testing.T) {
	p := populate(120_000, 10)
	if p.notes() != 120_000 {
		t.Errorf("%d notes", p.notes())
	}
	for person, want := range map[int]int{0: rounds, p.frequent - 1: rounds, p.frequent: perPerson, p.people - 1: perPerson} {
		n := 0
		for round := range rounds {
			if p.writes(person, round) {
				n++
			}
		}
		if n != want {
			t.Errorf("person %d writes %d notes, not %d", person, n, want)
		}
	}
}

func TestSignedInPeopleAreSpreadEvenly(t *testing.T) {
	p := populate(1_000_000, 10)
	people := p.signedIn(1000)
	if people[0] != 10 || people[999] != 10+999*9 || people[999] >= p.people {
		t.Errorf("%d to %d of %d", people[0], people[999], p.people)
	}
}

// The seeded notes must be valid for the service.
func TestNotesAreWithinTheLimits(t *testing.T) {
	seen := map[string]bool{}
	for round := range 50 {
		n, again := note(7, round), note(7, round)
		if n.ID != again.ID || n.Body != again.Body {
			t.Error("it is another one each time")
		}
		if n.ID.Version() != 7 || n.ID.Variant() != 1 {
			t.Errorf("its id is %s: version %d", n.ID, n.ID.Version())
		}
		if len(n.Body) < 400 || len(n.Title) > db.DefaultLimits.TitleLength || seen[n.ID.String()] {
			t.Errorf("round %d: %+v", round, n)
		}
		seen[n.ID.String()] = true
	}
}
