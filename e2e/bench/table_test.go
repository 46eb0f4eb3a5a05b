package main

import (
	"errors"
	"strings"
	"testing"
)

func TestTableSaysWhichGoalsAreReached(t *testing.T) {
	table := table{[]*row{
		{section: "a", id: "high", what: "high enough", least: 0.8},
		{section: "a", id: "low", what: "too much", unit: " MB", most: 40},
		{section: "a", id: "no goal", what: "without a goal"},
		{section: "b", id: "missing", what: "missing", most: 1},
	}}
	table.set("high", []float64{0.7, 0.9, 0.81}, "as %s", "before")
	table.set("low", []float64{41}, "")
	table.set("no goal", []float64{3}, "")
	table.skip("b", errors.New("no such\nthing"))
	var out strings.Builder
	table.print(&out)
	for _, want := range []string{
		"| high enough | ≥ 0.80 | 0.70 | **0.81** | 0.90 | yes | as before |",
		"| too much | ≤ 40.0 MB | 41.0 | **41.0** | 41.0 | no |",
		"| without a goal | none | 3.00 | **3.00** | 3.00 |  |",
		"| missing | ≤ 1.00 | — | — | — | no | not measured: no such thing |",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, out.String())
		}
	}
	if !strings.HasSuffix(out.String(), "\nratios reached: 1 of 3\n") {
		t.Errorf("it ends otherwise:\n%s", out.String())
	}
}

func TestRatiosArePaired(t *testing.T) {
	d := comparison{a: []sample{{rate: 10}, {rate: 40}}, b: []sample{{rate: 20}, {rate: 50}}}
	if least, middle, most := spread(d.ratios(rate)); least != 0.5 || middle != 0.65 || most != 0.8 {
		t.Errorf("%v %v %v", least, middle, most)
	}
}

func TestEachRowHasASection(t *testing.T) {
	known, ids := map[string]bool{}, map[string]bool{}
	for _, s := range sections() {
		known[s.name] = true
	}
	for _, r := range rows() {
		if !known[r.section] || ids[r.id] {
			t.Errorf("%s: section %q, id %q", r.what, r.section, r.id)
		}
		ids[r.id] = true
	}
	for _, o := range operations() {
		if !ids[o.name] {
			t.Errorf("no row for %s", o.name)
		}
	}
}
