package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/company-a/aside/e2e/bench/load"
)

// measureRowSecurity measures the same service with row-level security on its notes and
// without. One statement of a superuser's turns it off between two slices; PostgreSQL
// then plans again. The service's statements stay the same, so that this is what the
// policies alone cost: the owner derived from the token, once a statement.
func (b *bench) measureRowSecurity(ctx context.Context) (err error) {
	defer func() { // restores it in any case
		again, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err = errors.Join(err, b.setRowSecurity(again, true))
	}()
	with, without := b.asideContender(firstPage()), b.asideContender(firstPage())
	with.name, without.name = "with row-level security", "without"
	with.slice, without.slice = b.withRowSecurity(true, with.slice), b.withRowSecurity(false, without.slice)
	d, err := b.compare(ctx, without, with)
	if err != nil {
		return err
	}
	_, cpu, _ := spread(inverse(d.ratios(total)))
	b.table.set("row-security", d.ratios(rate), "time of a request; CPU with PostgreSQL × %s", number(cpu))
	if err := b.setRowSecurity(ctx, true); err != nil {
		return err
	}
	return b.measureRowSecurityInSQL(ctx)
}

// withRowSecurity is slice with row-level security on or off.
func (b *bench) withRowSecurity(up bool, slice func(context.Context, time.Duration) (load.Result, error)) func(context.Context, time.Duration) (load.Result, error) {
	return func(ctx context.Context, d time.Duration) (load.Result, error) {
		if err := b.setRowSecurity(ctx, up); err != nil {
			return load.Result{}, err
		}
		return slice(ctx, d)
	}
}

func (b *bench) setRowSecurity(ctx context.Context, up bool) error {
	verb := "DISABLE"
	if up {
		verb = "ENABLE"
	}
	return b.cluster.exec(ctx, large, `ALTER TABLE notes `+verb+` ROW LEVEL SECURITY`)
}

// measureRowSecurityInSQL compares the same two statements as the same role with row-level security
// and without: a transaction that presents a token and reads a page. It has no HTTP in it to hide
// the difference.
func (b *bench) measureRowSecurityInSQL(ctx context.Context) error {
	// pgbench has no bytes: a table gives each person's token, in the open, to this script.
	statements := []string{
		`DROP TABLE IF EXISTS presented`,
		`CREATE UNLOGGED TABLE presented (person int PRIMARY KEY, value text NOT NULL)`,
		`GRANT SELECT ON presented TO aside_app`,
	}
	var values []string
	for i, p := range b.people {
		values = append(values, fmt.Sprintf("(%d, '%s')", b.population.signedIn(signedInPeople)[i], p.presented()))
	}
	statements = append(statements, `INSERT INTO presented VALUES `+strings.Join(values, ", "), `ANALYZE presented`)
	if err := b.cluster.exec(ctx, large, statements...); err != nil {
		return err
	}
	const present = `SELECT set_config('aside.session', (SELECT value FROM presented WHERE person = :person ), true)`
	served := withOption(b.cluster.url(large), "-c role=aside_app")
	if err := b.checkPage(ctx, served, `BEGIN`, present); err != nil {
		return err
	}
	with, err := b.pgbench(script{name: "row-security", url: served, text: "\\startpipeline\n" + present + ";\n" + pageSQL + ";\n\\endpipeline"})
	if err != nil {
		return err
	}
	without := with
	with.name, without.name = "SQL with row-level security", "without"
	with.slice, without.slice = b.withRowSecurity(true, with.slice), b.withRowSecurity(false, without.slice)
	d, err := b.compare(ctx, without, with)
	if err != nil {
		return err
	}
	b.table.set("row-security statements", d.ratios(rate), "set_config, with a look-up of this script's own, and the page, on both sides")
	return b.cluster.exec(ctx, large, `DROP TABLE presented`)
}

// inverse turns a ÷ b into b ÷ a.
func inverse(ratios []float64) []float64 {
	for i, r := range ratios {
		ratios[i] = 1 / r
	}
	return ratios
}
