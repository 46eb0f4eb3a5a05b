package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// A bench is one run.
type bench struct {
	settings
	table   table
	began   time.Time
	cluster *cluster
	service *service
	hand    *service

	population population
	people     []*person // signed in
}

// signedInPeople is how many people are signed in during the measurements.
const signedInPeople = 1000

// A section measures some rows of the table.
type section struct {
	name string
	run  func(*bench, context.Context) error
}

func sections() []section {
	return []section{
		{"operations", (*bench).measureOperations},
		{"pgbench", (*bench).measurePgbench},
		{"row-security", (*bench).measureRowSecurity},
		{"overload", (*bench).measureOverload},
		{"allocations", (*bench).measureAllocations},
		{"sign-in", (*bench).measureSignIn},
		{"postgraphile", (*bench).measurePeer},
		{"growth", (*bench).measureGrowth},
		{"creates", (*bench).measureCreates},
		{"memory", (*bench).measureMemory},
		{"start", (*bench).measureStart},
	}
}

// measure runs all sections. If one fails, its rows of the table have the reason, and the run continues.
func measure(ctx context.Context, s settings, w io.Writer) (err error) {
	b := &bench{settings: s, table: table{rows()}, began: time.Now()}
	defer func() { err = errors.Join(err, b.stop()) }()
	if err := b.start(ctx); err != nil {
		return err
	}
	head := describe(ctx, b)
	for _, section := range sections() {
		if !b.only.MatchString(section.name) {
			continue
		}
		b.say("— %s", section.name)
		if err := section.run(b, ctx); err != nil {
			if ctx.Err() != nil {
				return err
			}
			b.say("%s: %v", section.name, err)
			b.table.skip(section.name, err)
		}
	}
	file, err := os.Create(filepath.Join(b.out, "table.md"))
	if err != nil {
		return err
	}
	both := io.MultiWriter(w, file)
	fmt.Fprintf(both, "%s; %s in all.\n", head, time.Since(b.began).Round(time.Second))
	b.table.print(both)
	return file.Close()
}

// start starts what all sections use.
func (b *bench) start(ctx context.Context) (err error) {
	if b.cluster, err = startCluster(ctx, b.data); err != nil {
		return err
	}
	b.population = populate(b.notes, 10)
	took, err := b.cluster.seed(ctx, large, b.population)
	if err != nil {
		return err
	}
	b.say("%d notes of %d people seeded in %s", b.population.notes(), b.population.people, took.Round(time.Second))
	if b.people, err = b.cluster.signIn(ctx, large, b.population.signedIn(signedInPeople)); err != nil {
		return err
	}
	if b.service, err = b.serve(ctx, "aside", b.aside, b.cluster.url(large), ""); err != nil {
		return err
	}
	if b.hand, err = b.serveHand(ctx, b.service); err != nil {
		return err
	}
	return b.readCursors(ctx)
}

func (b *bench) stop() error {
	for _, s := range []*service{b.service, b.hand} {
		if s != nil {
			s.stop()
		}
	}
	if b.cluster == nil {
		return nil
	}
	return b.cluster.stop()
}

// say prints the progress of the run.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%4.0f s  %s\n", time.Since(b.began).Seconds(), fmt.Sprintf(format, args...))
}
