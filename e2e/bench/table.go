package main

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// A row is one line of the table: a ratio or a size, and its goal.
type row struct {
	section string // that measures it
	id      string
	what    string
	unit    string  // after the numbers
	least   float64 // the goal: at least this
	most    float64 // or at most this; with neither, the row has no goal and is not counted

	values []float64
	note   string
}

func (r *row) counted() bool { return r.least != 0 || r.most != 0 }

func (r *row) reached() bool {
	if len(r.values) == 0 {
		return false
	}
	_, middle, _ := spread(r.values)
	if r.least != 0 {
		return middle >= r.least
	}
	return middle <= r.most
}

// rows are all that is measured, in the order of the table.
func rows() []*row {
	return []*row{
		{section: "operations", id: "first", what: "first page of notes ÷ hand", least: 0.85},
		{section: "operations", id: "next", what: "next page ÷ hand", least: 0.80},
		{section: "operations", id: "one", what: "one note ÷ hand", least: 0.70},
		{section: "operations", id: "create", what: "create ÷ hand", least: 0.80},
		{section: "operations", id: "update", what: "update ÷ hand", least: 0.80},
		{section: "operations", id: "search", what: "search ÷ hand", least: 0.80},
		{section: "operations", id: "plain", what: "hand without DPoP ÷ hand, first page"},
		{section: "postgraphile", id: "peer core", what: "first page ÷ PostGraphile 5, per core", least: 6},
		{section: "postgraphile", id: "peer cpu", what: "CPU of a first page with PostgreSQL ÷ PostGraphile's", most: 0.25},
		{section: "pgbench", id: "pgbench", what: "first page ÷ pgbench's prepared SELECT"},
		{section: "pgbench", id: "hand pgbench", what: "hand without DPoP ÷ the same"},
		{section: "row-security", id: "row-security", what: "cost of row-level security ÷ without", most: 1.10},
		{section: "row-security", id: "row-security statements", what: "the same of the statements alone, by pgbench"},
		{section: "overload", id: "overload", what: "answered under overload ÷ answered at its best", least: 0.8},
		{section: "allocations", id: "allocations", what: "allocations, first page of 20", unit: "/op", most: 300},
		{section: "allocations", id: "allocated", what: "allocated, first page of 20", unit: " KB/op", most: 60},
		{section: "allocations", id: "hand allocations", what: "allocations of hand, the same"},
		{section: "growth", id: "pages first", what: "growth: pages touched, first page, large ÷ 10 k", most: 1.1},
		{section: "growth", id: "pages fiftieth", what: "growth: pages touched, 50th page", most: 1.1},
		{section: "growth", id: "latency first", what: "growth: latency, first page", most: 1.4},
		{section: "growth", id: "latency fiftieth", what: "growth: latency, 50th page", most: 1.4},
		{section: "creates", id: "pages create", what: "growth: pages touched by a create, 5,000 notes of the owner ÷ 100", most: 1.1},
		{section: "sign-in", id: "sign-in earlier", what: "sign-in ÷ the earlier release", least: 1.3},
		{section: "sign-in", id: "sign-in", what: "sign-in over HTTP ÷ bare go-webauthn, per core"},
		{section: "sign-in", id: "sign-in whole", what: "the same with PostgreSQL's CPU"},
		{section: "memory", id: "idle", what: "memory, idle", unit: " MB", most: 40},
		{section: "memory", id: "thousand", what: "memory, 1,000 signed-in users", unit: " MB", most: 80},
		{section: "memory", id: "streams", what: "memory, 5,000 open subscriptions", unit: " MB", most: 150},
		{section: "start", id: "start", what: "start to first answer, existing cluster", unit: " s", most: 1},
	}
}

// A table is filled in as the run goes.
type table struct{ rows []*row }

// set returns a row its values; note says where they come from.
func (t *table) set(id string, values []float64, note string, args ...any) {
	for _, r := range t.rows {
		if r.id == id {
			r.values, r.note = values, fmt.Sprintf(note, args...)
			return
		}
	}
	panic("no row " + id)
}

// setGoalless takes a row's goal away, since this run cannot measure it; note says why.
func (t *table) setGoalless(id, note string) {
	t.set(id, nil, "%s", note)
	for _, r := range t.rows {
		if r.id == id {
			r.least, r.most = 0, 0
		}
	}
}

// skip records why the rows of a section are empty.
func (t *table) skip(section string, err error) {
	for _, r := range t.rows {
		if r.section == section && len(r.values) == 0 && r.note == "" {
			r.note = "not measured: " + strings.Join(strings.Fields(err.Error()), " ")
		}
	}
}

// count returns how many of the ratios with a goal were reached.
func (t *table) count() (reached, all int) {
	for _, r := range t.rows {
		if r.counted() {
			all++
			if r.reached() {
				reached++
			}
		}
	}
	return reached, all
}

// print writes the table as Markdown and the line that ends a run.
func (t *table) print(w io.Writer) {
	fmt.Fprintf(w, "\n| what | goal | min | median | max | reached | |\n|---|---|---:|---:|---:|---|---|\n")
	for _, r := range t.rows {
		goal, mark := "none", ""
		switch {
		case r.least != 0:
			goal = "≥ " + number(r.least) + r.unit
		case r.most != 0:
			goal = "≤ " + number(r.most) + r.unit
		}
		if r.counted() {
			mark = "no"
			if r.reached() {
				mark = "yes"
			}
		}
		values := " — | — | — "
		if len(r.values) > 0 {
			least, middle, most := spread(r.values)
			values = fmt.Sprintf(" %s | **%s** | %s ", number(least), number(middle), number(most))
		}
		fmt.Fprintf(w, "| %s | %s |%s| %s | %s |\n", r.what, goal, values, mark, strings.ReplaceAll(r.note, "|", "/"))
	}
	reached, all := t.count()
	fmt.Fprintf(w, "\nratios reached: %d of %d\n", reached, all)
}

// number formats a number with three digits.
func number(f float64) string {
	switch abs := math.Abs(f); {
	case abs >= 100:
		return fmt.Sprintf("%.0f", f)
	case abs >= 10:
		return fmt.Sprintf("%.1f", f)
	default:
		return fmt.Sprintf("%.2f", f)
	}
}
