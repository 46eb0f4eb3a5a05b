package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// What a process has allocated since it began.
type allocations struct{ Mallocs, TotalAlloc float64 }

func (b *bench) oursAllocated(ctx context.Context) (a allocations, err error) {
	if a.Mallocs, err = b.service.metric(ctx, "go_memstats_mallocs_total"); err != nil {
		return a, err
	}
	a.TotalAlloc, err = b.service.metric(ctx, "go_memstats_alloc_bytes_total")
	return a, err
}

func (b *bench) handsAllocated(ctx context.Context) (a allocations, err error) {
	body, err := get(ctx, "http://"+b.hand.address+"/memory")
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(body, &a)
}

// measureAllocations counts what a whole request for the first page allocates in the real
// binary, from the socket to the socket: HTTP, proof, session, metrics and log included.
func (b *bench) measureAllocations(ctx context.Context) error {
	o := firstPage()
	ours, err := b.allocated(ctx, b.ours(o), b.oursAllocated)
	if err != nil {
		return err
	}
	hands, err := b.allocated(ctx, b.hands(o, true), b.handsAllocated)
	if err != nil {
		return err
	}
	plain, err := b.allocated(ctx, b.hands(o, false), b.handsAllocated)
	if err != nil {
		return err
	}
	b.table.set("allocations", mallocs(ours), "the whole request; of hand with a proof %s, without %s", number(middle(mallocs(hands))), number(middle(mallocs(plain))))
	b.table.set("allocated", kilobytes(ours), "the whole request; of hand with a proof %s, without %s", number(middle(kilobytes(hands))), number(middle(kilobytes(plain))))
	b.table.set("hand allocations", mallocs(hands), "%s KB; verifying the proof is %s of them", number(middle(kilobytes(hands))), number(middle(mallocs(hands))-middle(mallocs(plain))))
	return b.profileFirstPage(ctx)
}

func (b *bench) allocated(ctx context.Context, c contender, read func(context.Context) (allocations, error)) (out []allocations, err error) {
	for range 3 {
		before, err := read(ctx)
		if err != nil {
			return nil, err
		}
		r, err := c.slice(ctx, b.slice)
		if err != nil {
			return nil, err
		}
		after, err := read(ctx)
		if err != nil {
			return nil, err
		}
		n := float64(r.Requests)
		out = append(out, allocations{(after.Mallocs - before.Mallocs) / n, (after.TotalAlloc - before.TotalAlloc) / n})
	}
	return out, nil
}

func mallocs(all []allocations) (out []float64) {
	for _, a := range all {
		out = append(out, a.Mallocs)
	}
	return out
}

func kilobytes(all []allocations) (out []float64) {
	for _, a := range all {
		out = append(out, a.TotalAlloc/1000)
	}
	return out
}

func middle(values []float64) float64 {
	_, m, _ := spread(values)
	return m
}

// profileFirstPage writes what the service did with its time and memory while it answered
// first pages: for pprof, and its list of the most expensive functions where Go is there.
func (b *bench) profileFirstPage(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- b.profile(ctx, b.service, "/debug/pprof/profile?seconds=4", "first-page.cpu.pprof") }()
	c := b.ours(firstPage())
	for range 3 { // slices of less than a proof's life
		if _, err := c.slice(ctx, 1400*time.Millisecond); err != nil {
			return err
		}
	}
	if err := <-failed; err != nil {
		return err
	}
	if err := b.profile(ctx, b.service, "/debug/pprof/allocs", "first-page.allocs.pprof"); err != nil {
		return err
	}
	top := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", "-cum", "-nodecount=80", filepath.Join(b.out, "first-page.cpu.pprof"))
	out, err := top.Output()
	if err != nil {
		b.say("no list of functions: %v", err)
		return nil
	}
	return os.WriteFile(filepath.Join(b.out, "first-page.cpu.txt"), out, 0o644) //nolint:gosec // a list for people to read
}
